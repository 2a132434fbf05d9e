"""A stand-in for Twilio: a real HTTP server with the Messages resource, phones, opt-outs, callbacks and faults; it keeps what arrived."""
