"""Plans are carried out as they say, refused where that would lose something, and taken back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from clean_ups import carry_out, digest, done, files_below, item, plan, take_back
from faulty_disk import FaultyFiles

from core.bins import in_bin
from core.catalog import Catalog
from core.export import save_text, write_json, write_plan_csv
from core.records import ReviewError
from core.review.applying import apply_plan, operations, rehearse, resume
from core.review.lock import only_one
from core.review.plan_file import plan_as_dict, read_plan
from core.review.protection import protect, protected_folders
from core.review.trash import trash_for
from core.review.undoing import going_back
from core.review.values import Action, Companion, Refusal, Removed

ROOT = Path(__file__).parents[3]
Fill = Callable[..., list[Path]]


@pytest.fixture
def library(tmp_path: Path, fill: Fill) -> Path:
    """Three equal files and one of other bytes."""
    folder = tmp_path / "library"
    fill({"x.jpg": b"same", "a/y.jpg": b"same", "a/b/z.jpg": b"same", "other.jpg": b"other"}, folder)
    for number, path in enumerate(sorted(folder.rglob("*.jpg"))):
        os.utime(path, (1e9 + number, 1e9 + number))
    return folder


@pytest.mark.parametrize("action", [each for each in Action if each is not Action.REFLINK])
def test_each_action_does_what_it_says_and_is_undone(
    catalog: Catalog, library: Path, tmp_path: Path, action: Action
) -> None:
    before = files_below(library)
    times = {path: path.stat().st_mtime_ns for path in library.rglob("*.jpg")}
    what = plan(item(library / "a/y.jpg", library / "x.jpg", library, action), destination=tmp_path / "aside")

    assert carry_out(catalog, what).files == 1

    assert (library / "a/y.jpg").exists() is action.links
    if action is Action.HARD_LINK:
        assert (library / "a/y.jpg").samefile(library / "x.jpg")
    if action is Action.FOLDER:
        assert (tmp_path / "aside/library/a/y.jpg").read_bytes() == b"same"
    assert take_back(catalog).files == 1
    assert files_below(library) == before
    assert {path: path.stat().st_mtime_ns for path in library.rglob("*.jpg")} == times
    assert not (library / "a/y.jpg").samefile(library / "x.jpg")


def test_blocks_are_shared_where_the_file_system_can(catalog: Catalog, library: Path) -> None:
    what = plan(item(library / "a/y.jpg", library / "x.jpg", library, Action.REFLINK))

    summary = carry_out(catalog, what)

    if summary.files:
        take_back(catalog)
    else:
        assert "not supported" in summary.left[0].reason or "invalid" in summary.left[0].reason.lower()
    assert files_below(library)["a/y.jpg"] == b"same"
    assert carry_out(catalog, what, FaultyFiles()).files == 1, "a disk that can"
    assert take_back(catalog, FaultyFiles()).files == 1


def test_a_file_in_the_trash_is_found_by_the_desktop(catalog: Catalog, library: Path, home: Path) -> None:
    odd = (library / "a/y.jpg").rename(library / "a/ü y%.jpg")

    carry_out(catalog, plan(item(odd, library / "x.jpg", library)))

    trash = Path(os.environ["XDG_DATA_HOME"]) / "Trash"
    assert (trash / "files/ü y%.jpg").read_bytes() == b"same"
    lines = (trash / "info/ü y%.jpg.trashinfo").read_text("ascii").splitlines()
    assert lines[0] == "[Trash Info]"
    assert unquote(lines[1]) == f"Path={odd}"
    assert lines[2].startswith("DeletionDate=20")


def test_names_that_are_taken_are_left_alone(catalog: Catalog, library: Path, tmp_path: Path, fill: Fill) -> None:
    fill({"aside/library/a/y.jpg": b"mine"})

    carry_out(
        catalog,
        plan(item(library / "a/y.jpg", library / "x.jpg", library, Action.FOLDER), destination=tmp_path / "aside"),
    )

    assert files_below(tmp_path / "aside") == {"library/a/y.jpg": b"mine", "library/a/y (2).jpg": b"same"}


def test_another_drive_is_copied_to_and_compared(catalog: Catalog, library: Path, tmp_path: Path) -> None:
    files = FaultyFiles(far=(tmp_path / "aside",))
    what = plan(item(library / "a/y.jpg", library / "x.jpg", library, Action.FOLDER), destination=tmp_path / "aside")
    time = (library / "a/y.jpg").stat().st_mtime_ns

    carry_out(catalog, what, files)

    moved = tmp_path / "aside/library/a/y.jpg"
    assert (moved.read_bytes(), moved.stat().st_mtime_ns) == (b"same", time)
    take_back(catalog, files)
    assert (library / "a/y.jpg").stat().st_mtime_ns == time
    assert not moved.exists()


def test_a_drive_has_a_trash_of_its_own(tmp_path: Path) -> None:
    files = FaultyFiles(far=(tmp_path / "drive",))
    (tmp_path / "drive/pictures").mkdir(parents=True)

    trash = trash_for(files, tmp_path / "drive/pictures/x.jpg")

    assert trash.folder == tmp_path / "drive" / f".Trash-{os.getuid()}"
    assert b"Path=pictures/x%20y.jpg" in trash.note_text(tmp_path / "drive/pictures/x y.jpg", 0.0)


def test_places_of_removed_files_are_known() -> None:
    for name in (
        "/a/.Trash-1000/files/x",
        "/a/.local/share/Trash/files/x",
        "/a/$RECYCLE.BIN/x",
        "/a/.twinsight-quarantine/x",
    ):
        assert in_bin(Path(name))
    for name in ("/a/Trash/x", "/a/files/x", "/a/.Trashed/x"):
        assert not in_bin(Path(name))


# ---------------------------------------------------------------------- what is refused


def reasons(catalog: Catalog, what: object, files: FaultyFiles | None = None) -> list[str]:
    summary = done(rehearse(catalog, what, files))  # type: ignore[arg-type]
    real = carry_out(catalog, what, files)  # type: ignore[arg-type]
    assert [left.reason for left in summary.left] == [left.reason for left in real.left]
    assert (summary.files, real.files) == (0, 0)
    return [left.reason for left in real.left]


def test_a_file_that_changed_since_stays(catalog: Catalog, library: Path) -> None:
    what = plan(item(library / "a/y.jpg", library / "x.jpg", library))
    (library / "a/y.jpg").write_bytes(b"new work")

    assert reasons(catalog, what) == ["it has changed since the plan was made"]


@pytest.mark.parametrize("how", ["gone", "changed", "link", "folder", "trash"])
def test_without_the_one_that_stays_nothing_goes(catalog: Catalog, library: Path, how: str) -> None:
    survivor = library / "x.jpg"
    if how == "trash":
        survivor = library / ".Trash-1000/files/x.jpg"
        survivor.parent.mkdir(parents=True)
        survivor.write_bytes(b"same")
    what = plan(item(library / "a/y.jpg", survivor, library))
    if how != "trash":
        survivor.unlink() if how != "changed" else survivor.write_bytes(b"x")
    if how == "link":
        survivor.symlink_to(library / "a/y.jpg")
    if how == "folder":
        survivor.mkdir()

    (reason,) = reasons(catalog, what)

    assert str(survivor) in reason
    assert (library / "a/y.jpg").read_bytes() == b"same"


def test_two_names_of_one_file_are_no_two_copies(catalog: Catalog, library: Path) -> None:
    (library / "hard.jpg").hardlink_to(library / "x.jpg")
    (library / "soft.jpg").symlink_to(library / "x.jpg")

    assert "same file" in reasons(catalog, plan(item(library / "hard.jpg", library / "x.jpg", library)))[0]
    assert "no plain file" in reasons(catalog, plan(item(library / "soft.jpg", library / "x.jpg", library)))[0]
    assert "no plain file" in reasons(catalog, plan(item(library / "x.jpg", library / "soft.jpg", library)))[0]


@pytest.mark.parametrize("action", Action)
def test_another_spelling_or_a_second_mount_is_no_copy(
    catalog: Catalog, library: Path, tmp_path: Path, action: Action
) -> None:
    """On disks that ignore case, behind bind mounts, and on drives that are mounted twice and number files anew."""
    before = files_below(library)
    for far in ((), (library / "again",)):
        files = FaultyFiles(aliases={library / "X.JPG": library / "x.jpg", library / "again": library / "a"}, far=far)
        for path, survivor in ((library / "X.JPG", library / "x.jpg"), (library / "again/y.jpg", library / "a/y.jpg")):
            one = replace(item(survivor, library / "other.jpg", library, action), path=path, survivor=survivor)
            one = replace(one, survivor_content=one.content)

            summary = carry_out(catalog, plan(one, destination=tmp_path / "aside"), files)

            assert summary.files == 0
            assert files_below(library) == before


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only an administrator can mount folders")
def test_a_real_bind_mount_is_no_copy(catalog: Catalog, library: Path) -> None:
    mirror = library / "mirror"
    mirror.mkdir()
    if subprocess.run(["mount", "--bind", library / "a", mirror], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount folders")
    try:
        assert "same file" in reasons(catalog, plan(item(mirror / "y.jpg", library / "a/y.jpg", library)))[0]
        protect(catalog, library / "a", True)
        assert "protected" in reasons(catalog, plan(item(mirror / "y.jpg", library / "x.jpg", library)))[0]
    finally:
        subprocess.run(["umount", mirror], check=True)


def test_what_is_protected_is_not_touched(catalog: Catalog, library: Path) -> None:
    protect(catalog, library / "a", True)

    assert reasons(catalog, plan(item(library / "a/b/z.jpg", library / "x.jpg", library))) == [
        f"it lies in the protected folder {library / 'a'}"
    ]
    assert (
        "hard link would tie"
        in reasons(catalog, plan(item(library / "x.jpg", library / "a/y.jpg", library, Action.HARD_LINK)))[0]
    )
    protect(catalog, library / "a", False)
    assert protected_folders(catalog) == ()
    assert carry_out(catalog, plan(item(library / "a/b/z.jpg", library / "x.jpg", library))).files == 1


def test_only_equal_bytes_become_links(catalog: Catalog, library: Path) -> None:
    what = plan(item(library / "other.jpg", library / "x.jpg", library, Action.HARD_LINK))

    assert carry_out(catalog, what).left[0].reason == "a link needs a copy with the same bytes"


def test_deleting_for_good_wants_to_be_confirmed(catalog: Catalog, library: Path) -> None:
    what = plan(item(library / "other.jpg", library / "x.jpg", library, Action.DELETE))
    with pytest.raises(ReviewError, match="type: delete 1 file"):
        list(apply_plan(catalog, what, "yes"))

    carry_out(catalog, what)

    assert take_back(catalog).left[0].reason == "it was deleted for good"


def test_a_plan_that_contradicts_itself_is_refused_whole(catalog: Catalog, library: Path) -> None:
    one = item(library / "a/y.jpg", library / "x.jpg", library)
    for what in (
        plan(one, one),
        plan(one, item(library / "x.jpg", library / "a/b/z.jpg", library)),
        plan(replace(one, action=Action.FOLDER)),
        plan(replace(one, root=library / "a/b")),
        plan(replace(one, path=Path("y.jpg"))),
    ):
        with pytest.raises(ReviewError):
            carry_out(catalog, what)
    assert operations(catalog) == ()


def test_a_picture_stays_when_its_companion_cannot_go(catalog: Catalog, library: Path, fill: Fill) -> None:
    (sidecar,) = fill({"a/y.xmp": b"notes"}, library)
    one = item(library / "a/y.jpg", library / "x.jpg", library)
    one = replace(one, companions=(Companion(sidecar, digest(b"others"), 5, "sidecar"),))
    before = files_below(library)

    assert carry_out(catalog, plan(one)).left[0].path == library / "a/y.jpg"
    assert files_below(library) == before


# ---------------------------------------------------------------------- undo and restart


def test_clean_ups_are_undone_one_after_the_other_after_a_restart(library: Path, tmp_path: Path) -> None:
    before = files_below(library)
    with Catalog(tmp_path / "c.sqlite3") as catalog:
        carry_out(catalog, plan(item(library / "a/y.jpg", library / "x.jpg", library)))
        carry_out(catalog, plan(item(library / "a/b/z.jpg", library / "x.jpg", library, Action.QUARANTINE)))
    with Catalog(tmp_path / "c.sqlite3") as catalog:
        assert going_back(catalog)[1] == (library / "a/b/z.jpg",)
        assert take_back(catalog).operation == 2
        assert take_back(catalog).operation == 1
        with pytest.raises(ReviewError, match="nothing to undo"):
            take_back(catalog)
        assert [each.undone is not None for each in operations(catalog)] == [True, True]
    assert files_below(library) == before
    assert not (library.parent / ".twinsight-quarantine").exists()


def test_undo_does_not_overwrite_what_has_come_since(catalog: Catalog, library: Path) -> None:
    carry_out(catalog, plan(item(library / "a/y.jpg", library / "x.jpg", library)))
    (library / "a/y.jpg").write_bytes(b"a new picture")

    assert "another file has taken its place" in take_back(catalog).left[0].reason
    assert (library / "a/y.jpg").read_bytes() == b"a new picture"

    (library / "a/y.jpg").unlink()
    assert take_back(catalog).files == 1
    assert (library / "a/y.jpg").read_bytes() == b"same"


def test_stopping_keeps_what_is_done_and_leaves_the_rest(catalog: Catalog, library: Path) -> None:
    events = apply_plan(
        catalog,
        plan(
            item(library / "a/y.jpg", library / "x.jpg", library),
            item(library / "a/b/z.jpg", library / "x.jpg", library),
        ),
    )
    next(event for event in events if isinstance(event, Removed))
    events.close()  # type: ignore[attr-defined]

    (operation,) = operations(catalog)
    assert (operation.files, operation.interrupted) == (1, False)
    assert (library / "a/b/z.jpg").exists()
    assert take_back(catalog).files == 1


_KILLED = """
import os, signal, sys
from pathlib import Path
from core.catalog import Catalog
from core.review.applying import apply_plan
from core.review.files import Files
from core.review.plan_file import read_plan

class Deadly(Files):
    count = 0
    def rename(self, source, target):
        Deadly.count += 1
        if Deadly.count == 2 and sys.argv[3] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        super().rename(source, target)
        if Deadly.count == 2:
            os.kill(os.getpid(), signal.SIGKILL)

with Catalog(Path(sys.argv[1])) as catalog:
    list(apply_plan(catalog, read_plan(Path(sys.argv[2])), files=Deadly()))
"""


@pytest.mark.skipif(os.name != "posix", reason="no such signal")
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("then", ["resume", "undo"])
def test_a_killed_process_leaves_nothing_half_done(library: Path, tmp_path: Path, moment: str, then: str) -> None:
    before = files_below(library)
    what = plan(*(item(library / name, library / "x.jpg", library) for name in ("a/y.jpg", "a/b/z.jpg", "other.jpg")))
    save_text(tmp_path / "plan.json", lambda stream: write_json(stream, plan_as_dict(what)))
    catalog_file = tmp_path / "c.sqlite3"
    process = subprocess.run(
        [sys.executable, "-c", _KILLED, catalog_file, tmp_path / "plan.json", moment], cwd=ROOT, check=False
    )
    assert process.returncode == -signal.SIGKILL

    with Catalog(catalog_file) as catalog:
        assert operations(catalog)[0].interrupted
        if then == "resume":
            assert done(resume(catalog)).left == ()
            assert sorted(files_below(library)) == ["x.jpg"]
            with pytest.raises(ReviewError, match="No clean-up was interrupted"):
                list(resume(catalog))
        take_back(catalog)
        assert files_below(library) == before
        assert not operations(catalog)[0].interrupted


def test_two_clean_ups_at_once_are_refused(catalog: Catalog, library: Path) -> None:
    with only_one(catalog.path), pytest.raises(ReviewError, match="Another clean-up"):
        carry_out(catalog, plan(item(library / "a/y.jpg", library / "x.jpg", library)))


# ---------------------------------------------------------------------- plans as files


def test_a_plan_is_written_read_and_listed(library: Path, tmp_path: Path) -> None:
    one = replace(
        item(library / "a/y.jpg", library / "x.jpg", library, Action.FOLDER),
        companions=(Companion(library / "a/y.xmp", digest(b"n"), 1, "sidecar"),),
    )
    refused = (Refusal(library / "z", "it stays"),)
    what = plan(one, destination=tmp_path / "aside")
    what = replace(what, refused=refused, protected=(library,), created=5.5)
    save_text(tmp_path / "plan.json", lambda stream: write_json(stream, plan_as_dict(what)))
    save_text(tmp_path / "plan.csv", lambda stream: write_plan_csv(stream, what))

    assert read_plan(tmp_path / "plan.json") == what
    assert (what.files, what.bytes, what.phrase, what.folders) == (2, 5, "delete 2 files", (library / "a",))
    rows = (tmp_path / "plan.csv").read_text().splitlines()
    assert rows[0] == "path,bytes,action,survivor,relation,why,group,companions"
    assert len(rows) == 2


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", '{"twinsight_plan": 2}', '{"twinsight_plan": 1, "action": "burn"}']
)
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.json").write_text(text)

    with pytest.raises(ReviewError, match=r"plan\.json is no plan"):
        read_plan(tmp_path / "plan.json")
    with pytest.raises(ReviewError, match="cannot be read"):
        read_plan(tmp_path / "none.json")


def test_a_file_that_vanishes_while_it_is_deleted_is_accounted_for(catalog: Catalog, library: Path) -> None:
    class Snatched(FaultyFiles):
        def rename(self, source: Path, target: Path) -> None:
            source.unlink()
            super().rename(source, target)

    what = plan(item(library / "other.jpg", library / "x.jpg", library, Action.DELETE))

    (left,) = carry_out(catalog, what, Snatched()).left

    assert "no such file" in left.reason
    assert not operations(catalog)[0].interrupted


def test_what_stays_for_one_file_does_not_go_under_the_name_of_a_second_mount(
    catalog: Catalog, tmp_path: Path, fill: Callable[..., list[Path]]
) -> None:
    one, kept, other = fill({"a/x.jpg": b"same", "a/y.jpg": b"same", "b/y.jpg": b"same"})
    mount = tmp_path / "mount"
    disk = FaultyFiles(aliases={mount: tmp_path / "a"}, far=(mount,))
    second = replace(item(kept, other, tmp_path, Action.QUARANTINE), path=mount / "y.jpg")
    root = tmp_path / "a"

    summary = carry_out(catalog, plan(item(one, kept, root, Action.QUARANTINE), second), files=disk)

    assert any("is to go as well" in left.reason for left in summary.left)
    assert one.exists() and other.exists()
