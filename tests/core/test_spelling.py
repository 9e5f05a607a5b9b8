"""On a drive that ignores case one folder is one folder, however its name is written."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from core.catalog import Catalog
from core.events import Done, Summary
from core.records import Relation
from core.review.applying import apply_plan
from core.review.files import Files
from core.review.protection import ProtectedFolders, protect, protected_folders
from core.review.values import Action, Plan, PlanItem
from core.spelling import as_listed


def _run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Path]:
    """A real drive that ignores case: exFAT in a file."""
    if os.name != "posix" or os.getuid() != 0:
        pytest.skip("only an administrator can mount a drive that ignores case")
    if not shutil.which("mkfs.exfat") or not shutil.which("mount.exfat-fuse") or not Path("/dev/fuse").exists():
        pytest.skip("mkfs.exfat and mount.exfat-fuse are needed for a drive that ignores case")
    image, folder = tmp_path / "drive.img", tmp_path / "drive"
    folder.mkdir()
    with image.open("wb") as stream:
        stream.truncate(8 << 20)
    device = ""
    try:
        _run("mkfs.exfat", image)
        device = _run("losetup", "--find", "--show", image)
        _run("mount.exfat-fuse", device, folder)
    except (OSError, subprocess.CalledProcessError) as error:
        if device:
            _run("losetup", "--detach", device)
        pytest.skip(f"this system mounts no such drive: {error}")
    try:
        yield folder
    finally:
        _run("umount", folder)
        with suppress(subprocess.CalledProcessError):
            _run("losetup", "--detach", device)


def test_names_that_are_there_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "Pictures").mkdir()

    assert as_listed(tmp_path / "Pictures") == tmp_path / "Pictures"
    assert as_listed(tmp_path / "not there" / "x") == tmp_path / "not there" / "x"


def test_two_spellings_of_a_folder_are_one_library(
    drive: Path, save: Callable[..., Path], small: Mapping[str, np.ndarray], scan: Callable[..., Summary]
) -> None:
    save(small["china"], drive / "Pictures" / "China.JPG")

    assert as_listed(drive / "PICTURES" / "china.jpg") == drive / "Pictures" / "China.JPG"
    assert scan(drive / "Pictures", drive / "PICTURES").groups == ()
    shutil.copy(drive / "Pictures/China.JPG", drive / "Pictures/copy.jpg")
    (group,) = scan(drive / "pictures", drive / "Pictures").groups
    assert {member.record.path for member in group.members} == {
        drive / "Pictures/China.JPG",
        drive / "Pictures/copy.jpg",
    }


def test_a_folder_is_protected_however_it_is_spelled(drive: Path, catalog: Catalog) -> None:
    (drive / "Pictures" / "Best").mkdir(parents=True)
    protect(catalog, drive / "PICTURES" / "best", True)

    assert protected_folders(catalog) == (drive / "Pictures" / "Best",)
    for spelled in ("Pictures/Best", "pictures/BEST"):
        folders = ProtectedFolders(Files(), [drive / spelled])
        assert folders.covering(drive / "Pictures/Best/x.jpg") is not None
        assert folders.covering(drive / "PICTURES/best/x.jpg") is not None
        assert folders.covering(drive / "Pictures/x.jpg") is None


@pytest.mark.parametrize("action", [Action.QUARANTINE, Action.DELETE, Action.TRASH])
def test_a_file_never_goes_for_itself_under_another_spelling(action: Action, drive: Path, catalog: Catalog) -> None:
    picture = drive / "Pictures" / "Photo.JPG"
    picture.parent.mkdir()
    picture.write_bytes(b"the only one")
    content = Files().digest(picture).hex()
    item = PlanItem(
        picture.with_name("photo.jpg"), content, 12, picture, content, "g", Relation.SAME_FILE, "", drive, action
    )
    plan = Plan(action, (item,))

    *_, done = apply_plan(catalog, plan, plan.phrase)

    assert isinstance(done, Done)
    assert [skipped.path for skipped in done.summary.skipped] == [item.path]
    assert [path.read_bytes() for path in picture.parent.iterdir()] == [b"the only one"]
