"""The decoders behind core.images, which alone uses them."""
