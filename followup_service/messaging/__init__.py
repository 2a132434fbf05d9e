"""Texts in and out: inbox, outbox, sending, delivery receipts, gateways."""
