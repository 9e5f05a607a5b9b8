"""A file that crashes or hangs its decoder costs itself, is named, and is left alone until it changes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.describing import Described, describe_file
from core.events import Event, Summary
from core.images import Limits
from core.workers import WorkerTeam

Texture = Callable[..., NDArray[np.uint8]]
Save = Callable[..., Path]
Index = Callable[..., tuple[Summary, list[Event]]]


def describe_or_die(path: Path, methods: tuple[str, ...], known: tuple[bytes, ...], limits: Limits) -> Described:
    """Describe a file; one kills its process, one never ends. Each attempt leaves a mark beside the library."""
    if path.stem in ("poison", "endless"):
        with (path.parent.parent / "attempts").open("a") as file:
            file.write(f"{path.stem}\n")
    if path.stem == "poison" and path.stat().st_size > 4:
        os._exit(11)
    while path.stem == "endless" and path.stat().st_size > 4:
        time.sleep(0.05)
    return describe_file(path, methods, known, limits)


@pytest.fixture
def folder(tmp_path: Path, texture: Texture, save: Save) -> Path:
    for number in range(4):
        save(texture(number), tmp_path / "library" / f"{number}.jpg")
    for name in ("poison", "endless"):
        (tmp_path / "library" / f"{name}.jpg").write_bytes(b"\xff\xd8\xff\xe0 the worst")
    return tmp_path / "library"


def test_poison_is_named_and_left_alone_until_it_changes(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def team(task: Callable[..., Described], count: int) -> WorkerTeam[Described]:
        return WorkerTeam(task, count, seconds=1.5)

    monkeypatch.setattr("core.indexing.WorkerTeam", team)
    monkeypatch.setattr("core.indexing.describe_file", describe_or_die)
    summary, _ = index(folder)
    assert summary.images == 4
    reasons = {item.path.stem: item.reason for item in summary.skipped}
    assert reasons == {"poison": "decoder crashed", "endless": "took longer than 1.5 s"}
    attempts = folder.parent / "attempts"
    assert sorted(attempts.read_text().split()) == ["endless", "poison"]

    again, _ = index(folder)
    assert {item.path.stem: item.reason for item in again.skipped} == reasons
    assert sorted(attempts.read_text().split()) == ["endless", "poison"]

    (folder / "poison.jpg").write_bytes(b"mild")
    changed, _ = index(folder)
    assert {item.path.stem: item.reason for item in changed.skipped} == {**reasons, "poison": "not a picture"}
    assert sorted(attempts.read_text().split()) == ["endless", "poison", "poison"]
