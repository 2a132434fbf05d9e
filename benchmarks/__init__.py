"""Programs that print our figures beside their floor or peer, measured in one run. `make bench` lists them."""
