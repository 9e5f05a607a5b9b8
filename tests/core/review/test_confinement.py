"""A plan from a file reaches no further than the libraries."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.__main__ import main
from core.catalog import Catalog
from core.records import Relation, ReviewError
from core.review.confinement import check_confined
from core.review.plan_file import plan_as_dict
from core.review.values import Action, Companion, Plan, PlanItem

DIGEST = "ab" * 16


def plan_of(path: Path, survivor: Path, companions: tuple[Companion, ...] = ()) -> Plan:
    relation, root = Relation.SAME_FILE, path.parent
    item = PlanItem(path, DIGEST, 3, survivor, DIGEST, "g", relation, "", root, Action.TRASH, companions)
    return Plan(Action.TRASH, (item,), None, (), (), 0.0)


@pytest.fixture
def folder(tmp_path: Path, fill: Callable[..., list[Path]]) -> Path:
    fill({"library/a.jpg": b"one", "library/b.jpg": b"one", "elsewhere/c.jpg": b"one"})
    (tmp_path / "library" / "way out").symlink_to(tmp_path / "elsewhere")
    return tmp_path


def test_what_lies_in_the_libraries_may_be_named(folder: Path) -> None:
    library = folder / "library"
    check_confined(plan_of(library / "a.jpg", library / "b.jpg"), [library])


@pytest.mark.parametrize(
    "way", ["elsewhere/c.jpg", "library/../elsewhere/c.jpg", "library/way out/c.jpg", "library/.."]
)
def test_nothing_else_may_be_named_whatever_the_way(folder: Path, way: str) -> None:
    library = folder / "library"
    outside = folder / way
    companion = Companion(outside, DIGEST, 3, "sidecar", None)
    for plan in (
        plan_of(outside, library / "b.jpg"),
        plan_of(library / "a.jpg", outside),
        plan_of(library / "a.jpg", library / "b.jpg", (companion,)),
    ):
        with pytest.raises(ReviewError, match="lies in none of the libraries"):
            check_confined(plan, [library])


def test_a_plan_that_reaches_out_of_the_libraries_is_refused_at_the_command_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog = folder / "catalog.db"
    with Catalog(catalog) as opened:
        opened.add_library(folder / "library")
    outside = folder / "elsewhere" / "c.jpg"
    document = folder / "plan.json"
    document.write_text(json.dumps(plan_as_dict(plan_of(outside, folder / "library" / "b.jpg"))), "utf-8")
    assert main(["--catalog", str(catalog), "apply", str(document), "--commit"]) == 1
    assert "lies in none of the libraries" in capsys.readouterr().err
    assert outside.exists()
