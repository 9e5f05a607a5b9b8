"""Drives come and go; what is known of them stays."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.catalog import Catalog
from core.describing import Described, describe_file
from core.events import Event, Skipped, Summary
from core.images import Limits
from core.records import ImageError
from core.volumes import Volumes, are_two_drives, drives_away, is_on_network

Texture = Callable[..., NDArray[np.uint8]]
Save = Callable[..., Path]
Index = Callable[..., tuple[Summary, list[Event]]]


@pytest.fixture
def folder(tmp_path: Path, texture: Texture, save: Save) -> Path:
    for number in range(3):
        save(texture(number), tmp_path / "library" / f"{number}.jpg")
    return tmp_path / "library"


class Drives:
    """Says for a folder which drive it is, whatever the system says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: dict[Path, str] = {}
        self._numbers: dict[int, str] = {}
        drives = self

        def number(volumes: Volumes, device: int) -> int:
            return device

        monkeypatch.setattr(Volumes, "number", number)
        monkeypatch.setattr(Volumes, "number_at", lambda volumes, path: drives.at(path))
        from core import scanning

        entry = scanning._entry

        def numbered(found: os.DirEntry[str], volumes: Volumes) -> Any:
            from dataclasses import replace

            told = entry(found, volumes)
            return told and replace(told, device=drives.at(Path(found.path)))

        monkeypatch.setattr(scanning, "_entry", numbered)

    def at(self, path: Path) -> int:
        name = next((name for place, name in self.names.items() if path.is_relative_to(place)), "system")
        return (1 << 62) + sum(name.encode())


@pytest.fixture
def drives(monkeypatch: pytest.MonkeyPatch) -> Drives:
    return Drives(monkeypatch)


def known(catalog: Catalog, folder: Path) -> list[str]:
    return [record.path.name for record in catalog.records([folder])]


def test_a_drive_that_is_unplugged_keeps_its_entries(
    catalog: Catalog, index: Index, folder: Path, drives: Drives
) -> None:
    drives.names[folder] = "stick"
    index(folder)
    away = folder.with_name("away")
    folder.rename(away)
    folder.mkdir()  # the empty place where it was
    drives.names.clear()
    summary, _ = index(folder)
    assert summary.skipped == (Skipped(folder, "its drive is not plugged in; what is known of 3 files on it is kept"),)
    assert known(catalog, folder) == ["0.jpg", "1.jpg", "2.jpg"]
    folder.rmdir()
    away.rename(folder)
    drives.names[folder] = "stick"
    summary, _ = index(folder)
    assert (summary.decoded, summary.skipped) == (0, ())


def test_another_drive_in_its_place_is_another_drive(
    catalog: Catalog, index: Index, folder: Path, drives: Drives, texture: Texture, save: Save
) -> None:
    drives.names[folder] = "stick"
    index(folder)
    shutil.rmtree(folder)
    drives.names[folder] = "other"
    save(texture(9), folder / "9.jpg")
    index(folder)
    assert known(catalog, folder) == ["0.jpg", "1.jpg", "2.jpg", "9.jpg"]


def test_files_that_are_deleted_from_a_drive_that_is_there_are_forgotten(
    catalog: Catalog, index: Index, folder: Path, drives: Drives
) -> None:
    drives.names[folder] = "stick"
    index(folder)
    for path in folder.iterdir():
        path.unlink()
    index(folder)
    assert known(catalog, folder) == []


def test_a_drive_inside_a_library_keeps_its_entries_too(
    catalog: Catalog, index: Index, folder: Path, drives: Drives, texture: Texture, save: Save
) -> None:
    inner = save(texture(7), folder / "stick" / "7.jpg").parent
    drives.names[inner] = "stick"
    index(folder)
    (inner / "7.jpg").unlink()
    inner.rmdir()
    drives.names.clear()
    (folder / "0.jpg").unlink()
    index(folder)
    assert known(catalog, folder) == ["1.jpg", "2.jpg", "7.jpg"]


def test_a_file_put_in_the_place_of_another_is_read_though_it_looks_unchanged(
    catalog: Catalog, index: Index, folder: Path
) -> None:
    first, second = folder / "0.jpg", folder / "1.jpg"
    size = max(first.stat().st_size, second.stat().st_size)
    for path in (first, second):
        path.write_bytes(path.read_bytes().ljust(size, b"\0"))
        os.utime(path, ns=(10**18, 10**18))
    index(folder)
    before = {record.path.name: record.content for record in catalog.records([folder])}
    copy = folder / "copy"
    shutil.copy2(second, copy)
    copy.replace(first)
    summary, _ = index(folder)
    after = {record.path.name: record.content for record in catalog.records([folder])}
    assert after["0.jpg"] == after["1.jpg"] == before["1.jpg"]
    assert summary.decoded == 0


def test_a_file_system_that_numbers_its_files_anew_costs_no_reading(
    catalog: Catalog, index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(folder)
    rows = catalog.files([folder])
    from dataclasses import replace

    catalog.store_files(replace(row, inode=row.inode + 10**6) for row in rows.values())
    monkeypatch.setattr("core.indexing._FEW", 2)
    monkeypatch.setattr("core.indexing.describe_file", lambda *_: pytest.fail("a file was read"))
    summary, _ = index(folder)
    assert summary.decoded == 0
    assert catalog.files([folder]) == rows


def gone(path: Path, methods: tuple[str, ...], digests: tuple[bytes, ...], limits: Limits) -> Described:
    """What reading gives when the drive has gone in the middle of a scan."""
    if path.name != "0.jpg":
        raise ImageError("cannot be read (Input/output error)", path)
    return describe_file(path, methods, digests, limits)


def test_a_drive_that_goes_in_the_middle_costs_nothing_that_was_known(
    catalog: Catalog, index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(folder)
    monkeypatch.setattr("core.indexing.describe_file", gone)
    summary, _ = index(folder, methods=("pdq", "gray-histogram"))
    assert {item.reason for item in summary.skipped} == {"cannot be read (Input/output error)"}
    assert known(catalog, folder) == ["0.jpg", "1.jpg", "2.jpg"]
    monkeypatch.undo()
    summary, _ = index(folder, methods=("pdq", "gray-histogram"))
    assert (summary.skipped, summary.decoded) == ((), 2)


def test_a_new_file_that_could_not_be_read_for_the_drive_is_tried_again(
    catalog: Catalog, index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.indexing.describe_file", gone)
    index(folder)
    assert known(catalog, folder) == ["0.jpg"]
    monkeypatch.undo()
    index(folder)
    assert known(catalog, folder) == ["0.jpg", "1.jpg", "2.jpg"]


def test_a_clock_that_goes_backwards_changes_nothing(
    catalog: Catalog, index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(folder)
    monkeypatch.setattr("core.catalog.time.time", lambda: 1000.0)
    os.utime(folder / "1.jpg", (500, 500))
    summary, _ = index(folder)
    assert (summary.images, summary.decoded, summary.skipped) == (3, 0, ())
    assert catalog.libraries()[0].indexed == 1000.0


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, where this may be made."""
    place = tmp_path / "library"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "none", str(place)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("nothing may be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


@pytest.mark.skipif(shutil.which("mount") is None, reason="no mount")
def test_a_real_file_system_that_is_unmounted_keeps_its_entries(
    catalog: Catalog, index: Index, mounted: Path, texture: Texture, save: Save
) -> None:
    save(texture(1), mounted / "1.jpg")
    index(mounted)
    subprocess.run(["umount", str(mounted)], check=True)
    summary, _ = index(mounted)
    assert "not plugged in" in summary.skipped[0].reason
    assert known(catalog, mounted) == ["1.jpg"]


def test_drives_go_by_the_identifier_of_their_file_system(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "31 27 0:45 / /media/nas rw - nfs4 server:/photos rw\n32 27 8:1 / / rw - ext4 /dev/sda1 rw\nodd line\n"
    )
    volumes = Volumes(tmp_path / "none", mounts)
    nas, again = os.makedev(0, 45), Volumes(tmp_path / "none", mounts)
    assert volumes.number(nas) == again.number(nas) >= 1 << 62
    assert volumes.number(os.makedev(8, 1)) == os.makedev(8, 1)
    assert are_two_drives(volumes.number(nas), (1 << 62) + 5)
    assert not are_two_drives(volumes.number(nas), os.makedev(8, 1))
    assert not is_on_network(tmp_path, mounts)
    assert volumes.number_at(tmp_path / "not" / "there") == volumes.number(tmp_path.stat().st_dev)


def test_a_drive_of_which_a_file_was_found_is_there() -> None:
    missing = {Path("/a/1.jpg"): 5, Path("/a/2.jpg"): 6}
    assert drives_away(missing, [6], lambda path: 1) == {5}
    assert drives_away(missing, [], lambda path: 5) == {6}
