"""What the tests of cleaning up share."""

from __future__ import annotations

import sys
from pathlib import Path

# For faulty_disk.py and small_worlds.py, which are no tests.
sys.path.insert(0, str(Path(__file__).parent))
