"""Which copies may go by default: only those that show nothing of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.records import ImageRecord, Relation
from core.review.keep_rules import REMOVABLE, decide, why_representative


def a_record(name: str, width: int = 640, height: int = 480) -> ImageRecord:
    return ImageRecord(Path("/pictures") / name, name, width, height, 1000, 0.0, "JPEG")


BEST = a_record("best.jpg")


@pytest.mark.parametrize(
    ("relation", "why"),
    [
        (Relation.SAME_FILE, "the same bytes as best.jpg"),
        (Relation.SAME_PIXELS, "the same pixels as best.jpg"),
        (Relation.RE_ENCODED, "re-encoded from the same picture as best.jpg"),
    ],
)
def test_a_copy_with_nothing_of_its_own_may_go(relation: Relation, why: str) -> None:
    assert decide(BEST, a_record("copy.jpg"), relation) == (False, why)


def test_a_smaller_copy_says_how_much_smaller() -> None:
    assert decide(BEST, a_record("small.jpg", 320, 240), Relation.RE_ENCODED) == (
        False,
        "smaller: 320 x 240 against 640 x 480",
    )


@pytest.mark.parametrize(
    "relation", [Relation.EDITED, Relation.CROP, Relation.COMPOSITE, Relation.SAME_SCENE, Relation.SIMILAR]
)
def test_whatever_shows_something_else_is_kept(relation: Relation) -> None:
    keep, why = decide(BEST, a_record("other.jpg"), relation)

    assert keep
    assert why.startswith("kept: it ")


@pytest.mark.parametrize("relation", Relation)
def test_every_relation_has_a_rule_and_a_reason(relation: Relation) -> None:
    keep, why = decide(BEST, a_record("other.jpg"), relation)

    assert keep is (relation not in REMOVABLE)
    assert why


def test_the_representative_is_kept_as_the_best_copy() -> None:
    assert why_representative(BEST) == "kept: the best copy, 640 x 480"
