"""What the tests of cleaning up share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.records import Evidence, Group, ImageRecord, Member, Relation

# For faulty_disk.py, small_worlds.py and clean_ups.py, which are no tests.
sys.path.insert(0, str(Path(__file__).parent))

from clean_ups import digest


@pytest.fixture
def make_member() -> Callable[..., Member]:
    """Makes a member of a group: ``make_member(path, Relation.CROP, width=100, shows=0.5)``."""

    def make(
        path: Path,
        relation: Relation = Relation.SAME_FILE,
        width: int = 400,
        height: int = 300,
        modified: float = 1e9,
        content: str | None = None,
        shows: float = 1.0,
        pixels: str = "",
    ) -> Member:
        data = path.read_bytes() if path.is_file() else str(path).encode()
        record = ImageRecord(path, content or digest(data), width, height, len(data), modified, "JPEG")
        evidence = Evidence(coverage_a=shows, coverage_b=1.0)
        return Member(record, relation, 1.0, evidence, str(relation), True, "", pixels=pixels)

    return make


@pytest.fixture
def make_group() -> Callable[..., Group]:
    """Makes a group of members, the first of which is the representative."""

    def make(*members: Member) -> Group:
        return Group("".join(member.record.content[:2] for member in members), members)

    return make


@pytest.fixture
def fill(tmp_path: Path) -> Callable[..., list[Path]]:
    """Writes files below the folder of a test: ``fill({"a/x.jpg": b"..."})``."""

    def write(files: dict[str, bytes], below: Path | None = None) -> list[Path]:
        paths = []
        for name, data in files.items():
            path = (below or tmp_path) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            paths.append(path)
        return paths

    return write
