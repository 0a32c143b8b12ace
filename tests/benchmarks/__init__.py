"""How long counting takes on this machine: `make bench`."""
