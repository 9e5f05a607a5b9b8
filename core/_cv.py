"""The one door to OpenCV.

opencv-python points QT_QPA_PLATFORM_PLUGIN_PATH and QT_QPA_FONTDIR at its own Qt 5 when it is imported. Left
in place they reach PySide6 and every program started from here, so they are put back as they were.
"""

from __future__ import annotations

import os

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_before = {name: os.environ.get(name) for name in _QT_VARIABLES}

import cv2  # noqa: E402

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

# Parallelism comes from worker processes; OpenCV's own pool inside each of them would only fight over the cores.
cv2.setNumThreads(1)

__all__ = ["cv2"]
