"""One file per method of describing a picture; ``registry`` finds them by looking into this folder."""
