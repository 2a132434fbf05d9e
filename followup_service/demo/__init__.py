"""`make demo`: a small made-up study with web server and worker on this machine, and a first rehearsal."""
