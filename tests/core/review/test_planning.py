"""From groups to plans: what goes along, what stays, and where drives have no trash."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from clean_ups import carry_out, files_below, take_back
from faulty_disk import FaultyFiles
from PIL import Image

from core.catalog import Catalog
from core.events import Summary
from core.records import Group, Member, Relation, ReviewError
from core.review.choosing import choose
from core.review.decisions import Decisions, Kind
from core.review.metadata.reading import read_metadata
from core.review.metadata.values import Metadata
from core.review.metadata.writing import with_metadata
from core.review.planning import PlanOptions, make_plan
from core.review.rules import PRESETS
from core.review.values import Action, Plan
from core.scope import Mode, Scope

MakePlan = Callable[..., Plan]
Fill = Callable[..., list[Path]]


@pytest.fixture
def planned(
    catalog: Catalog, tmp_path: Path, make_member: Callable[..., Member], make_group: Callable[..., Group]
) -> MakePlan:
    """Plans one group of files, the first of which is the best: ``planned(Action.TRASH, "a.jpg", "b.jpg")``."""

    def plan(action: Action, *names: str, files: FaultyFiles | None = None, **options: object) -> Plan:
        catalog.add_library(tmp_path)
        members = [
            make_member(tmp_path / name, Relation.RE_ENCODED if number else Relation.SAME_FILE, width=900 - number)
            for number, name in enumerate(names)
        ]
        group = make_group(*members)
        chosen = [(group, choose(group, PRESETS["quick"]))]
        return make_plan(catalog, chosen, PlanOptions(action, **options), files)  # type: ignore[arg-type]

    return plan


def going(plan: Plan) -> dict[str, list[str]]:
    return {item.path.name: [each.path.name for each in item.companions] for item in plan.items}


def test_sidecars_go_with_their_picture_and_come_back(
    catalog: Catalog, tmp_path: Path, fill: Fill, planned: MakePlan
) -> None:
    fill({"keep/a.jpg": b"a", "b.jpg": b"b", "b.xmp": b"1", "b.jpg.xmp": b"2", "B.aae": b"3", "bb.xmp": b"4"})
    before = {name: data for name, data in files_below(tmp_path).items() if not name.startswith("catalog")}

    plan = planned(Action.QUARANTINE, "keep/a.jpg", "b.jpg")

    assert going(plan) == {"b.jpg": ["B.aae", "b.jpg.xmp", "b.xmp"]}
    assert carry_out(catalog, plan).files == 4
    assert sorted(path.name for path in tmp_path.glob("*.*") if "catalog" not in path.name) == ["bb.xmp"]
    take_back(catalog)
    after = {name: data for name, data in files_below(tmp_path).items() if not name.startswith("catalog")}
    assert after == before


def test_a_raw_or_a_video_goes_only_for_an_equal_one(tmp_path: Path, fill: Fill, planned: MakePlan) -> None:
    fill({"keep/a.jpg": b"a", "keep/a.cr2": b"raw", "keep/a.mov": b"film"})
    fill({"b.jpg": b"b", "b.cr2": b"raw", "b.mov": b"film", "c.jpg": b"c", "c.cr2": b"another raw"})

    plan = planned(Action.TRASH, "keep/a.jpg", "b.jpg", "c.jpg")

    assert going(plan) == {"b.jpg": ["b.cr2", "b.mov"]}
    assert {each.survivor for each in plan.items[0].companions} == {tmp_path / "keep/a.cr2", tmp_path / "keep/a.mov"}
    (refusal,) = plan.refused
    assert refusal.path.name == "c.jpg"
    assert "c.cr2 belongs to it and has no equal" in refusal.reason


def test_deleting_for_good_spares_notes_that_exist_nowhere_else(fill: Fill, planned: MakePlan) -> None:
    fill({"keep/a.jpg": b"a", "keep/a.xmp": b"same", "b.jpg": b"b", "b.xmp": b"same", "c.jpg": b"c", "c.xmp": b"own"})

    plan = planned(Action.DELETE, "keep/a.jpg", "b.jpg", "c.jpg")

    assert going(plan) == {"b.jpg": ["b.xmp"]}
    assert [refusal.path.name for refusal in plan.refused] == ["c.jpg"]
    assert going(planned(Action.DELETE, "keep/a.jpg", "c.jpg", companions=False)) == {"c.jpg": []}


def test_a_sidecar_of_two_pictures_stays_while_one_of_them_does(fill: Fill, planned: MakePlan) -> None:
    fill({"a.jpg": b"a", "b.jpg": b"b", "b.png": b"other", "b.xmp": b"both"})

    assert going(planned(Action.TRASH, "a.jpg", "b.jpg")) == {"b.jpg": []}
    assert going(planned(Action.TRASH, "a.jpg", "b.jpg", "b.png")) == {"b.jpg": ["b.xmp"], "b.png": []}


def test_where_there_is_no_trash_the_plan_says_quarantine(tmp_path: Path, fill: Fill, planned: MakePlan) -> None:
    class NoTrashThere(FaultyFiles):
        def is_writable(self, folder: Path) -> bool:
            return folder != tmp_path

    fill({"a.jpg": b"a", "deep/b.jpg": b"b"})
    disk = NoTrashThere(far=(tmp_path,))

    (item,) = planned(Action.TRASH, "a.jpg", "deep/b.jpg", files=disk).items

    assert item.action is Action.QUARANTINE


def test_what_may_not_be_taken_from_its_folder_stays(tmp_path: Path, fill: Fill, planned: MakePlan) -> None:
    class ReadOnly(FaultyFiles):
        def is_writable(self, folder: Path) -> bool:
            return folder.name != "locked"

    fill({"a.jpg": b"a", "locked/b.jpg": b"b"})

    plan = planned(Action.TRASH, "a.jpg", "locked/b.jpg", files=ReadOnly())

    assert plan.items == ()
    assert plan.refused[0].reason == f"you may not take files from {tmp_path / 'locked'}"


def test_a_file_that_stays_in_one_group_stays_in_all(
    catalog: Catalog, tmp_path: Path, make_member: Callable[..., Member], make_group: Callable[..., Group], fill: Fill
) -> None:
    fill({"a.jpg": b"a", "b.jpg": b"b", "c.jpg": b"c"})
    first = make_group(make_member(tmp_path / "a.jpg", width=900), make_member(tmp_path / "b.jpg", Relation.RE_ENCODED))
    second = make_group(
        make_member(tmp_path / "b.jpg", width=900), make_member(tmp_path / "c.jpg", Relation.RE_ENCODED)
    )
    chosen = [(group, choose(group, PRESETS["quick"])) for group in (first, second)]

    plan = make_plan(catalog, chosen, PlanOptions())

    assert going(plan) == {"c.jpg": []}
    assert [(refusal.path.name, refusal.reason) for refusal in plan.refused] == [("b.jpg", "it stays in another group")]


def test_links_are_for_equal_bytes_only(fill: Fill, planned: MakePlan) -> None:
    fill({"a.jpg": b"a", "same.jpg": b"a", "b.jpg": b"b"})

    plan = planned(Action.HARD_LINK, "a.jpg", "same.jpg", "b.jpg")

    assert going(plan) == {"same.jpg": []}
    assert [refusal.path.name for refusal in plan.refused] == ["b.jpg"]
    with pytest.raises(ReviewError, match="links"):
        planned(Action.HARD_LINK, "a.jpg", "same.jpg", merge=True)
    with pytest.raises(ReviewError, match="Name the folder"):
        planned(Action.FOLDER, "a.jpg", "same.jpg")


# ---------------------------------------------------------------------- metadata


def test_metadata_moves_to_the_copy_that_stays_and_back(
    catalog: Catalog, tmp_path: Path, planned: MakePlan, small: Mapping[str, np.ndarray]
) -> None:
    large, copy = tmp_path / "large.jpg", tmp_path / "copy.jpg"
    Image.fromarray(small["china"]).save(large, quality=95)
    Image.fromarray(small["china"]).save(copy, quality=60)
    extra = Metadata("2019:05:01 12:30:00", (48.1, 11.5), 4, ("sea",), "Tide")
    copy.write_bytes(with_metadata(copy.read_bytes(), extra))
    pixels = np.asarray(Image.open(large))
    os.utime(large, (1e9, 1e9))
    before = {path: path.read_bytes() for path in (large, copy)}
    plan = planned(Action.TRASH, "large.jpg", "copy.jpg", merge=True)
    decisions = Decisions(catalog)

    assert carry_out(catalog, plan).left == ()

    found = read_metadata(large.read_bytes())
    assert (found.date, found.rating, found.tags, found.caption) == (extra.date, 4, ("sea",), "Tide")
    assert np.array_equal(np.asarray(Image.open(large)), pixels)
    assert large.stat().st_mtime == 1e9
    assert not copy.exists()
    assert decisions.all() == ()
    # The large one never left; only its metadata are as they were.
    assert take_back(catalog).files == 1
    assert {path: path.read_bytes() for path in (large, copy)} == before


def test_without_a_place_for_metadata_the_copy_stays(
    catalog: Catalog, tmp_path: Path, planned: MakePlan, small: Mapping[str, np.ndarray]
) -> None:
    Image.fromarray(small["china"]).save(tmp_path / "best.webp", quality=95)
    Image.fromarray(small["china"]).save(tmp_path / "copy.jpg", quality=60)
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(with_metadata(copy.read_bytes(), Metadata(rating=4)))

    summary = carry_out(catalog, planned(Action.TRASH, "best.webp", "copy.jpg", merge=True))

    assert summary.files == 0
    assert copy.exists()
    assert any("JPEG and PNG" in left.reason for left in summary.left)


def test_what_was_said_of_a_picture_holds_when_its_metadata_grow(
    catalog: Catalog,
    tmp_path: Path,
    planned: MakePlan,
    small: Mapping[str, np.ndarray],
    make_member: Callable[..., Member],
    make_group: Callable[..., Group],
) -> None:
    for name, quality in (("large.jpg", 95), ("copy.jpg", 60), ("other.jpg", 50)):
        Image.fromarray(small["china"]).save(tmp_path / name, quality=quality)
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(with_metadata(copy.read_bytes(), Metadata(rating=4)))
    group = make_group(make_member(tmp_path / "large.jpg"), make_member(tmp_path / "other.jpg", Relation.EDITED))
    Decisions(catalog).decide(Kind.NOT_DUPLICATE, group)

    carry_out(catalog, planned(Action.TRASH, "large.jpg", "copy.jpg", merge=True))

    now = make_member(tmp_path / "large.jpg").record.content
    assert now != group.representative.record.content
    assert Decisions(catalog).decided().are_apart(now, group.members[1].record.content)


# ---------------------------------------------------------------------- from a scan


def test_hard_links_and_links_are_one_file_to_a_scan(
    catalog: Catalog,
    tmp_path: Path,
    save: Callable[..., Path],
    small: Mapping[str, np.ndarray],
    scan: Callable[..., Summary],
) -> None:
    original = save(small["china"], tmp_path / "library/china.jpg")
    (tmp_path / "library/hard.jpg").hardlink_to(original)
    (tmp_path / "library/soft.jpg").symlink_to(original)
    (tmp_path / "library/around").symlink_to(tmp_path / "library")

    assert scan(tmp_path / "library").groups == ()


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only an administrator can mount folders")
def test_a_bind_mount_is_one_file_to_a_scan(
    catalog: Catalog,
    tmp_path: Path,
    save: Callable[..., Path],
    small: Mapping[str, np.ndarray],
    scan: Callable[..., Summary],
) -> None:
    save(small["china"], tmp_path / "library/a/china.jpg")
    (tmp_path / "library/b").mkdir()
    mount = ["mount", "--bind", tmp_path / "library/a", tmp_path / "library/b"]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount folders")
    try:
        assert scan(tmp_path / "library").groups == ()
        assert scan(tmp_path / "library/a", tmp_path / "library/b").groups == ()
    finally:
        subprocess.run(["umount", tmp_path / "library/b"], check=True)


def test_what_was_removed_is_not_found_again(
    catalog: Catalog,
    tmp_path: Path,
    save: Callable[..., Path],
    small: Mapping[str, np.ndarray],
    scan: Callable[..., Summary],
) -> None:
    library = tmp_path / "library"
    save(small["china"], library / "china.jpg")
    for place in (".twinsight-quarantine/old", ".Trash-1000/files", "$RECYCLE.BIN"):
        save(small["china"], library / place / "china.jpg")

    assert scan(library, hidden=True).groups == ()


def test_a_scan_keeps_to_its_mode_and_to_protected_folders(
    catalog: Catalog,
    tmp_path: Path,
    save: Callable[..., Path],
    small: Mapping[str, np.ndarray],
    scan: Callable[..., Summary],
) -> None:
    library = tmp_path / "library"
    for name in ("a/one.jpg", "a/two.jpg", "b/three.jpg"):
        save(small["china"], library / name)

    (group,) = scan(library).groups
    assert [member.keep for member in group.members] == [True, False, False]
    (group,) = scan(library, scope=Scope(Mode.AGAINST, (library / "a",))).groups
    assert [member.record.path.name for member in group.members if not member.keep] == ["three.jpg"]
    (group,) = scan(library, scope=Scope(Mode.SAME_FOLDER)).groups
    assert sorted(member.record.path.name for member in group.members) == ["one.jpg", "two.jpg"]
    catalog.protect_library(library, True)
    (group,) = scan(library).groups
    assert all(member.keep for member in group.members)
    assert "protected" in group.members[1].why
