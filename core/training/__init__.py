"""Learning descriptors for copies without labels."""
