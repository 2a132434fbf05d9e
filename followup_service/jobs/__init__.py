"""What runs on the clock: the ordered steps and the worker that runs them."""
