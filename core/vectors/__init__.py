"""Search over descriptors."""
