"""What a person said of pictures holds, whatever becomes of the files and the catalog."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.catalog import Catalog
from core.duplicates import ScanOptions, find_duplicates
from core.events import Done, Summary
from core.export import save_text, write_json
from core.records import Group, Member, ReviewError
from core.review.decisions import Decisions, Kind

Scan = Callable[..., Summary]


@pytest.fixture
def folder(tmp_path: Path, small: Mapping[str, np.ndarray], save: Callable[..., Path]) -> Path:
    """china.png with a smaller and a recompressed copy."""
    library = tmp_path / "library"
    china = small["china"]
    save(china, library / "china.png")
    half = Image.fromarray(china).resize((china.shape[1] // 2, china.shape[0] // 2))
    save(np.asarray(half), library / "half.png")
    save(china, library / "again.jpg", quality=80)
    return library


def names(group: Group) -> list[str]:
    return [member.record.path.name for member in group.members]


def add_a_copy(folder: Path, name: str, quality: int = 60) -> Path:
    with Image.open(folder / "china.png") as image:
        image.save(folder / name, quality=quality)
    return folder / name


def the_group(summary: Summary) -> Group:
    (group,) = summary.groups
    return group


def test_a_settled_group_is_not_shown_again(catalog: Catalog, folder: Path, scan: Scan) -> None:
    group = the_group(scan(folder))

    Decisions(catalog).decide(Kind.KEEP_BOTH, group)

    assert scan(folder).groups == ()
    assert len(the_group(scan(folder, settled=True)).members) == 3


def test_a_settled_group_comes_back_with_a_new_member_which_is_marked(
    catalog: Catalog, folder: Path, scan: Scan
) -> None:
    Decisions(catalog).decide(Kind.ALTERNATE, the_group(scan(folder)))
    add_a_copy(folder, "fresh.jpg")

    group = the_group(scan(folder))

    assert sorted(names(group)) == ["again.jpg", "china.png", "fresh.jpg", "half.png"]
    assert [member.record.path.name for member in group.members if member.new] == ["fresh.jpg"]


def test_another_file_of_a_settled_content_is_new(catalog: Catalog, folder: Path, scan: Scan) -> None:
    Decisions(catalog).decide(Kind.KEEP_BOTH, the_group(scan(folder)))
    shutil.copyfile(folder / "half.png", folder / "half (1).png")

    group = the_group(scan(folder))

    assert [member.record.path.name for member in group.members if member.new] == ["half (1).png"]


def test_not_a_duplicate_parts_a_group(catalog: Catalog, folder: Path, scan: Scan) -> None:
    group = the_group(scan(folder))

    Decisions(catalog).decide(Kind.NOT_DUPLICATE, group, [folder / "half.png"])

    assert sorted(names(the_group(scan(folder)))) == ["again.jpg", "china.png"]


@pytest.mark.parametrize("preset", ["fast", "balanced"])
def test_all_parted_from_all_leaves_no_group(catalog: Catalog, folder: Path, scan: Scan, preset: str) -> None:
    Decisions(catalog).decide(Kind.NOT_DUPLICATE, the_group(scan(folder)))

    assert scan(folder, preset=preset).groups == ()


def test_a_decision_survives_renames_moves_and_a_new_index(
    catalog: Catalog, folder: Path, scan: Scan, tmp_path: Path
) -> None:
    Decisions(catalog).decide(Kind.KEEP_BOTH, the_group(scan(folder)))

    (folder / "half.png").rename(folder / "renamed.png")
    (folder / "deep").mkdir()
    (folder / "again.jpg").rename(folder / "deep" / "moved.jpg")
    assert scan(folder).groups == ()

    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder, elsewhere)
    shutil.rmtree(folder)
    catalog.remove_library(folder)
    assert scan(elsewhere).groups == ()


def test_a_decision_is_taken_to_a_new_catalog(catalog: Catalog, folder: Path, scan: Scan, tmp_path: Path) -> None:
    Decisions(catalog).decide(Kind.KEEP_BOTH, the_group(scan(folder)))
    exported = tmp_path / "decisions.json"
    save_text(exported, lambda stream: write_json(stream, Decisions(catalog).as_dict()))

    with Catalog(tmp_path / "another.sqlite3") as another:
        decisions = Decisions(another)
        assert (decisions.check(exported), decisions.load(exported), decisions.load(exported)) == (1, 1, 0)
        *_, done = find_duplicates(another, [folder], ScanOptions("fast", workers=1))

    assert isinstance(done, Done)
    assert done.summary.groups == ()


def test_the_last_word_counts_and_undo_brings_back_the_one_before(catalog: Catalog, folder: Path, scan: Scan) -> None:
    group = the_group(scan(folder))
    decisions = Decisions(catalog)
    decisions.decide(Kind.KEEP_BOTH, group)
    later = decisions.decide(Kind.NOT_DUPLICATE, group)
    assert decisions.decided().kind(*(member.record.content for member in group.members[:2])) is Kind.NOT_DUPLICATE

    decisions.undo(later)

    assert decisions.decided().kind(*(member.record.content for member in group.members[:2])) is Kind.KEEP_BOTH
    with pytest.raises(ReviewError, match="no decision"):
        decisions.undo(later)


def test_a_person_may_call_two_pictures_duplicates_that_nothing_ties_together(
    catalog: Catalog, folder: Path, small: Mapping[str, np.ndarray], save: Callable[..., Path], scan: Scan
) -> None:
    other = save(small["cat"], folder / "cat.png")
    scan(folder)

    Decisions(catalog).decide_files(Kind.DUPLICATE, [folder / "china.png", other])

    group = the_group(scan(folder))
    assert "cat.png" in names(group)
    pair = [member for member in group.members if member.record.path.name in ("cat.png", "china.png")]
    assert next(member for member in pair if member.evidence).keep


def test_decisions_are_listed_and_searched(catalog: Catalog, folder: Path, scan: Scan) -> None:
    group = the_group(scan(folder))
    decisions = Decisions(catalog)
    decisions.decide(Kind.KEEP_BOTH, group, [folder / "half.png"])
    decisions.decide(Kind.NOT_DUPLICATE, group, [folder / "again.jpg"])

    assert [item.kind for item in decisions.all()] == [Kind.NOT_DUPLICATE, Kind.KEEP_BOTH]
    assert [item.kind for item in decisions.all("not-dup")] == [Kind.NOT_DUPLICATE]
    assert len(decisions.all("HALF")) == 2
    assert decisions.all("nothing of this name") == ()
    assert {path.name for path in decisions.all()[-1].names()} == {"half.png", group.representative.record.path.name}


def test_groups_on_the_screen_follow_at_once(
    catalog: Catalog, make_member: Callable[..., Member], make_group: Callable[..., Group]
) -> None:
    members = [make_member(Path(f"/p/{name}.jpg")) for name in "abc"]
    group = make_group(*members)
    decisions = Decisions(catalog)

    decisions.decide(Kind.NOT_DUPLICATE, group, [Path("/p/b.jpg")])
    assert [names(each) for each in decisions.decided().arrange([group])] == [["a.jpg", "c.jpg"]]
    decisions.decide(Kind.NOT_DUPLICATE, group, [Path("/p/a.jpg")])
    assert [names(each) for each in decisions.decided().arrange([group])] == [["b.jpg", "c.jpg"]]
    decisions.decide(Kind.KEEP_BOTH, group)
    assert decisions.decided().arrange([group]) == ()


def test_files_with_the_same_bytes_cannot_be_called_different(
    catalog: Catalog, make_member: Callable[..., Member], make_group: Callable[..., Group]
) -> None:
    group = make_group(*(make_member(Path(f"/p/{name}.jpg"), content="ab" * 16) for name in "ab"))

    with pytest.raises(ReviewError, match="same bytes"):
        Decisions(catalog).decide(Kind.NOT_DUPLICATE, group)
    Decisions(catalog).decide(Kind.KEEP_BOTH, group)
    assert Decisions(catalog).decided().arrange([group]) == ()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"twinsight_decisions": 9}', '{"twinsight_decisions": 1, "decisions": [{}]}']
)
def test_a_file_that_holds_no_decisions_is_refused(catalog: Catalog, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)

    with pytest.raises(ReviewError, match="holds no decisions"):
        Decisions(catalog).load(tmp_path / "x.json")


def test_an_export_is_json(catalog: Catalog, folder: Path, scan: Scan) -> None:
    Decisions(catalog).decide(Kind.KEEP_BOTH, the_group(scan(folder)))

    (item,) = json.loads(json.dumps(Decisions(catalog).as_dict()))["decisions"]

    assert item["kind"] == "keep-both"
    assert len(item["files"]) == 3
