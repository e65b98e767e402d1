"""How any stage is run, written once."""
