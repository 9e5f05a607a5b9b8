"""Whether this process can show a window to anybody."""

from __future__ import annotations

import os
import sys


def has_screen() -> bool:
    """Whether there is a screen to open a window on; only Linux and its kin run without one."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def can_open_window() -> bool:
    """Whether a window can be opened, on a screen or on whatever QT_QPA_PLATFORM asks for."""
    return has_screen() or bool(os.environ.get("QT_QPA_PLATFORM"))
