"""Short versions of the long runs in tests/soak: fuzzing, faults, kills and an hour of restlessness."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import workers

SOAK = Path(__file__).parents[1] / "soak"


@pytest.fixture(autouse=True)
def soak_modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The scripts import each other by name, as scripts do."""
    monkeypatch.syspath_prepend(str(SOAK))
    yield
    for name in ("faults", "fuzz", "kill", "material", "soak"):
        sys.modules.pop(name, None)


def test_whatever_fails_in_a_scan_the_catalog_is_whole_and_the_next_scan_right(tmp_path: Path) -> None:
    import faults

    with faults.inline():
        run = faults.Faults(tmp_path, "fast")
        run.run(every=9)
    assert run.tally.findings == []
    assert run.tally.faults["statement"] >= 10
    assert run.tally.faults["file operation"] >= 3


def test_a_scan_that_is_killed_comes_to_the_same_groups(tmp_path: Path) -> None:
    import kill
    import material

    library = material.make_library(tmp_path / "library", 8)
    tally = kill.kill_often(library, tmp_path, "fast", kills=2, seed=4)
    assert tally.kills == 2
    assert tally.sound


@pytest.mark.parametrize("target", ["decode", "catalog", "imports"])
def test_damaged_bytes_give_a_result_or_a_reason(tmp_path: Path, target: str) -> None:
    import fuzz

    report = fuzz.Report(tmp_path / "findings")
    fuzz.TARGETS[target](report, time.monotonic() + 1.5)
    assert report.findings == []
    assert sum(report.counts.values()) > 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_restless_work_holds_on_to_nothing(tmp_path: Path) -> None:
    import soak

    restless = soak.Soak(tmp_path, "fast", seed=2, pictures=5)
    restless.turn()
    before = soak.read(0.0)
    for _ in range(1):
        restless.turn()
    after = soak.read(0.0)
    assert (after.files, after.threads, after.children) == (before.files, before.threads, before.children)
    assert workers.multiprocessing.active_children() == []
