"""The cascade from a folder to groups, on real photographs and edits with known truth."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.catalog import Catalog
from core.duplicates import ScanOptions, find_duplicates
from core.events import Done, GroupFound, Summary
from core.records import Group, Relation

Pixels = NDArray[np.uint8]
Scan = Callable[..., Summary]
Save = Callable[..., Path]


def members(group: Group) -> dict[str, Relation]:
    """What each member is to the representative, by name."""
    return {member.record.path.name: member.relation for member in group.members}


def group_with(summary: Summary, name: str) -> dict[str, Relation]:
    """The one group in which a file stands."""
    (found,) = [members(group) for group in summary.groups if name in members(group)]
    return found


@pytest.fixture
def edits(tmp_path: Path, photos: Mapping[str, Pixels], save: Save) -> Path:
    """A photograph, what people make of it, and other photographs."""
    folder, cat = tmp_path / "edits", photos["cat"]
    height, width = cat.shape[:2]
    save(cat, folder / "cat.png")
    save(cat, folder / "cat.bmp")
    save(cat, folder / "cat.jpg", quality=60)
    save(np.rot90(cat), folder / "turned.png")
    save(np.ascontiguousarray(cat[:, ::-1]), folder / "mirrored.png")
    save(cat[60 : height - 40, 90 : width - 60], folder / "crop.png")
    pasted = photos["coffee"].copy()
    small = np.asarray(Image.fromarray(cat).resize((width // 2, height // 2), Image.Resampling.LANCZOS))
    pasted[50 : 50 + small.shape[0], 60 : 60 + small.shape[1]] = small
    save(pasted, folder / "pasted.png")
    for name in ("china", "flower", "rocket"):
        save(photos[name], folder / f"{name}.jpg")
    return folder


def test_fast_finds_equal_pixels_recompressions_and_every_way_to_lay_it_down(scan: Scan, edits: Path) -> None:
    found = group_with(scan(edits, preset="fast"), "cat.png")

    assert found["cat.bmp"] is Relation.SAME_PIXELS or found["cat.png"] is Relation.SAME_PIXELS
    assert found["cat.jpg"] is Relation.RE_ENCODED
    assert found["turned.png"] is found["mirrored.png"] is Relation.EDITED
    assert found.keys() == {"cat.png", "cat.bmp", "cat.jpg", "turned.png", "mirrored.png"}


def test_balanced_adds_crops_and_keeps_strangers_out(scan: Scan, edits: Path) -> None:
    summary = scan(edits, preset="balanced")

    found = group_with(summary, "cat.png")
    assert found["crop.png"] is Relation.CROP
    assert not {"china.jpg", "flower.jpg", "rocket.jpg"} & {name for group in summary.groups for name in members(group)}


def test_pixels_are_only_digested_where_they_may_be_equal(
    scan: Scan, catalog: Catalog, photos: Mapping[str, Pixels], save: Save, tmp_path: Path
) -> None:
    folder = tmp_path / "library"
    save(photos["china"], folder / "photo.jpg", quality=90)
    save(photos["china"], folder / "progressive.jpg", quality=90, progressive=True)
    save(photos["flower"], folder / "flower.jpg", quality=90)
    save(photos["flower"], folder / "coarser.jpg", quality=80)

    summary = scan(folder, preset="fast")

    assert group_with(summary, "photo.jpg")["progressive.jpg"] is Relation.SAME_PIXELS
    assert Relation.RE_ENCODED in group_with(summary, "flower.jpg").values()
    # Of the two that were quantised differently nobody asked for all pixels.
    contents = catalog.contents([folder])
    assert sum(content.pixels is not None for content in contents) == 2


def test_thorough_adds_what_was_pasted_into_another_picture(scan: Scan, edits: Path) -> None:
    found = group_with(scan(edits, preset="thorough"), "cat.png")

    assert found["pasted.png"] is Relation.COMPOSITE


def test_a_second_scan_decodes_nothing_and_finds_the_same(scan: Scan, edits: Path) -> None:
    first = scan(edits, preset="balanced")

    second = scan(edits, preset="balanced")

    assert second.decoded == 0
    assert [members(group) for group in second.groups] == [members(group) for group in first.groups]


def test_moved_pictures_are_not_decoded_again(scan: Scan, edits: Path) -> None:
    first = scan(edits, preset="fast")
    shutil.move(edits, edits.with_name("elsewhere"))

    second = scan(edits.with_name("elsewhere"), preset="fast")

    assert second.decoded == 0
    assert [members(group) for group in second.groups] == [members(group) for group in first.groups]


def test_blank_pictures_match_only_when_their_pixels_do(scan: Scan, tmp_path: Path, save: Save) -> None:
    for name, level in (("a.png", 200), ("b.bmp", 200), ("c.png", 203)):
        save(np.full((600, 800, 3), level, np.uint8), tmp_path / "blank" / name)

    summary = scan(tmp_path / "blank", preset="thorough")

    (group,) = summary.groups
    assert members(group).keys() == {"a.png", "b.bmp"}
    assert Relation.SAME_PIXELS in members(group).values()


def test_equal_files_are_shown_before_anything_is_compared(catalog: Catalog, edits: Path) -> None:
    shutil.copy(edits / "china.jpg", edits / "china (1).jpg")

    events = list(find_duplicates(catalog, [edits], ScanOptions("fast", workers=1)))

    first = next(event for event in events if isinstance(event, GroupFound))
    assert members(first.group).keys() == {"china.jpg", "china (1).jpg"}


KILLED = """
import sys
from pathlib import Path
from core.catalog import Catalog
from core.duplicates import ScanOptions, find_duplicates

if __name__ == "__main__":
    with Catalog(Path(sys.argv[1])) as catalog:
        for event in find_duplicates(catalog, [Path(sys.argv[2])], ScanOptions("balanced", workers=1)):
            print(type(event).__name__, getattr(event, "stage", ""), flush=True)
"""


@pytest.mark.parametrize("moment", ["Describing", "Indexed", "Verifying", "Forming"])
def test_a_killed_scan_goes_on_and_comes_to_the_same_groups(
    tmp_path: Path, edits: Path, scan: Scan, moment: str
) -> None:
    program = tmp_path / "killed.py"
    program.write_text(KILLED)
    catalog_path = tmp_path / "killed.sqlite3"
    with subprocess.Popen(
        [sys.executable, program, catalog_path, edits],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if moment in line:
                break
        running.send_signal(signal.SIGKILL)

    with Catalog(catalog_path) as catalog:
        done = list(find_duplicates(catalog, [edits], ScanOptions("balanced", workers=1)))[-1]

    assert isinstance(done, Done)
    undisturbed = scan(edits, preset="balanced")
    assert [members(group) for group in done.summary.groups] == [members(group) for group in undisturbed.groups]
