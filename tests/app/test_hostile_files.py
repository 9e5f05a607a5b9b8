"""A folder of hostile files in the window: it is indexed, listed and shown, and the window lives on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.application import Workplace
from core.catalog import Catalog

BENCH = Path(__file__).parents[1] / "bench"


@pytest.mark.skipif(sys.platform != "linux", reason="not every system lets files have such names")
def test_hostile_files_are_listed_and_what_can_be_read_is_shown(
    make_workplace: Callable[..., Workplace],
    photos: Mapping[str, NDArray[np.uint8]],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    from core._cv import cv2

    odd = __import__("odd")
    sample = cv2.imencode(".jpg", photos["china"][::4, ::4, ::-1])[1].tobytes()
    folder = tmp_path / "hostile"
    made = odd.make_hostile(folder, sample)
    (folder / "cut.jpg").write_bytes(sample[: len(sample) // 2])
    (folder / "huge.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + bytes(9))
    (folder / "text.webp").write_text("no picture")
    workplace = make_workplace()
    workplace.libraries.add([folder])
    with qtbot.waitSignal(workplace.jobs.scan.finished, timeout=90_000):
        pass
    with Catalog(tmp_path / "catalog.sqlite3") as catalog:
        records = catalog.records([folder])
    assert len(records) == made
    reasons = {item.path.name: item.reason for item in workplace.session.skipped.all}
    assert reasons["pipe.jpg"] == reasons.get("socket.jpg", reasons["pipe.jpg"]) == "not a regular file"
    assert reasons["cut.jpg"].startswith(("truncated", "damaged"))
    assert reasons["huge.png"].startswith("too large")
    assert reasons["text.webp"] == "not a picture"

    def shown() -> list[QImage | None]:
        return [workplace.thumbnails.request(record) for record in records]

    qtbot.waitUntil(lambda: all(shown()), timeout=60_000)
    assert workplace.window.isVisible()
    sys.modules.pop("odd", None)
