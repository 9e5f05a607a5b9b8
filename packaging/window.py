"""The script that the packaged ``twinsight-window`` starts with."""

from __future__ import annotations

import sys

from app.__main__ import window

if __name__ == "__main__":
    sys.exit(window())
