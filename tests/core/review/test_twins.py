"""Of two files that are one picture to the last byte or pixel one is enough, whatever they are to the others."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from clean_ups import carry_out, files_below, take_back
from faulty_disk import FaultyFiles

from core.catalog import Catalog
from core.events import Summary
from core.records import Group, Member, Relation
from core.review.arranging import Arrangement
from core.review.choosing import Choice, choose, gather
from core.review.decided import Decided
from core.review.planning import PlanOptions, make_plan
from core.review.remaining import remaining
from core.review.rules import PRESETS, RuleSet
from core.review.traits import Traits
from core.review.values import Action, Plan
from core.scope import Mode, Scope

MakeMember = Callable[..., Member]
MakeGroup = Callable[..., Group]
Fill = Callable[..., list[Path]]

P = Path("/p")
RULES = PRESETS["quick"]
ANY_OTHER = (Relation.EDITED, Relation.CROP, Relation.COMPOSITE, Relation.SAME_SCENE, Relation.SIMILAR)


def kept(choices: Sequence[Choice]) -> list[str]:
    return [choice.member.record.path.name for choice in choices if choice.keep]


def of(choices: Sequence[Choice], name: str) -> Choice:
    return next(choice for choice in choices if choice.member.record.path.name == name)


@pytest.fixture
def pair(make_member: MakeMember, make_group: MakeGroup) -> Callable[..., Group]:
    """A group of a best picture and of two files of the same bytes that are something else: ``pair(Relation.CROP)``."""

    def make(relation: Relation = Relation.EDITED, one: str = "one.jpg", two: str = "other.jpg") -> Group:
        return make_group(
            make_member(P / "best.jpg", width=4000),
            make_member(P / one, relation, content="ee", shows=0.5),
            make_member(P / two, relation, content="ee", shows=0.5),
        )

    return make


# ---------------------------------------------------------------------- choosing


@pytest.mark.parametrize("relation", ANY_OTHER)
def test_one_of_two_equal_files_goes_whatever_they_are_to_the_best(
    relation: Relation, pair: Callable[..., Group]
) -> None:
    choices = choose(pair(relation), RULES)

    assert kept(choices) == ["best.jpg", "one.jpg"]
    assert of(choices, "other.jpg").survivor == P / "one.jpg"
    assert of(choices, "other.jpg").why == "the same bytes as one.jpg"


def test_of_two_with_the_same_pixels_the_rules_say_which_one_stays(
    make_member: MakeMember, make_group: MakeGroup
) -> None:
    group = make_group(
        make_member(P / "best.jpg", width=4000),
        make_member(P / "plain.png", Relation.EDITED, pixels="aa"),
        make_member(P / "tagged.webp", Relation.EDITED, pixels="aa"),
    )
    traits = {P / "tagged.webp": Traits(written=("caption",)), P / "plain.png": Traits()}

    choices = choose(group, RuleSet.of("richest-metadata"), traits)

    assert kept(choices) == ["best.jpg", "tagged.webp"]
    assert of(choices, "plain.png").survivor == P / "tagged.webp"
    assert of(choices, "plain.png").why.startswith("the same pixels as tagged.webp: has caption")
    read = {event.path.name for event in gather([group], PRESETS["best"]) if hasattr(event, "path")}
    assert read == {"best.jpg", "plain.png", "tagged.webp"}


def test_the_reason_names_the_folder_of_a_twin_of_the_same_name(pair: Callable[..., Group]) -> None:
    choices = choose(pair(one="a/x.jpg", two="b/x.jpg"), RULES)

    assert [choice.why for choice in choices if not choice.keep] == ["the same bytes as a/x.jpg"]


def test_a_person_keeps_both_of_two_equal_files(pair: Callable[..., Group]) -> None:
    group = pair()

    assert kept(choose(group, RULES, marks={P / "other.jpg": True})) == ["best.jpg", "one.jpg", "other.jpg"]
    assert kept(choose(group, RULES, marks={P / "one.jpg": False})) == ["best.jpg", "other.jpg"]
    both = choose(group, RULES, marks={P / "one.jpg": False, P / "other.jpg": False})
    assert kept(both) == ["best.jpg"]
    assert of(both, "one.jpg").survivor == P / "best.jpg"


def test_what_goes_for_a_better_picture_names_its_twin_if_that_one_stays(
    make_member: MakeMember, make_group: MakeGroup
) -> None:
    group = make_group(
        make_member(P / "best.jpg", width=4000),
        make_member(P / "one.jpg", Relation.RE_ENCODED, content="ee"),
        make_member(P / "other.jpg", Relation.RE_ENCODED, content="ee"),
    )
    assert kept(choose(group, RULES)) == ["best.jpg"]

    choices = choose(group, RULES, marks={P / "other.jpg": True})

    assert of(choices, "one.jpg").survivor == P / "other.jpg"
    assert of(choices, "one.jpg").why == "the same bytes as other.jpg"


def test_a_protected_twin_stays_and_the_other_one_goes(pair: Callable[..., Group]) -> None:
    choices = choose(pair(two="safe/other.jpg"), RuleSet.of("shortest-name"), protected=[P / "safe"])

    assert kept(choices) == ["best.jpg", "other.jpg"]
    assert of(choices, "one.jpg").survivor == P / "safe/other.jpg"


def test_two_protected_twins_both_stay(pair: Callable[..., Group]) -> None:
    choices = choose(pair(one="safe/one.jpg", two="safe/other.jpg"), RULES, protected=[P / "safe"])

    assert kept(choices) == ["best.jpg", "one.jpg", "other.jpg"]


def test_the_developed_picture_beside_its_raw_stays_and_its_twin_goes(
    make_member: MakeMember, make_group: MakeGroup
) -> None:
    group = make_group(
        make_member(P / "best.jpg", width=4000),
        make_member(P / "IMG_1234567.CR2", Relation.SAME_SCENE),
        make_member(P / "IMG_1234567.JPG", Relation.EDITED, content="ee"),
        make_member(P / "a.jpg", Relation.EDITED, content="ee"),
    )
    assert kept(choose(group, RULES)) == ["best.jpg", "IMG_1234567.CR2", "IMG_1234567.JPG"]


@pytest.mark.parametrize(
    ("scope", "stay"),
    [
        (Scope(Mode.AGAINST, (P / "best",)), ["best.jpg", "one.jpg", "other.jpg"]),
        (Scope(Mode.AGAINST, (P / "b",)), ["best.jpg", "other.jpg"]),
        (Scope(Mode.OTHER_FOLDERS), ["best.jpg", "one.jpg"]),
        (Scope(Mode.SAME_FOLDER), ["best.jpg", "one.jpg", "other.jpg"]),
    ],
)
def test_twins_that_do_not_count_as_copies_both_stay(scope: Scope, stay: list[str], pair: Callable[..., Group]) -> None:
    head, *rest = pair(one="a/one.jpg", two="b/other.jpg").members
    group = Group("g", (replace(head, record=replace(head.record, path=P / "best/best.jpg")), *rest))

    assert kept(choose(group, RULES, scope=scope)) == stay


# ---------------------------------------------------------------------- groups as they are shown


def test_a_spare_is_kept_again_when_its_twin_is_gone(pair: Callable[..., Group]) -> None:
    first, one, other = pair().members
    group = Group("g", (first, one, replace(other, keep=False, why="the same bytes as one.jpg")))

    assert remaining(group, {P / "best.jpg"}) is None
    left = remaining(group, {P / "one.jpg"})

    assert left is not None
    assert [(member.keep, member.why) for member in left.members[1:]] == [(True, "kept: it was edited")]


def test_a_spare_is_kept_where_its_twin_does_not_count(pair: Callable[..., Group]) -> None:
    first, one, other = pair(one="a/one.jpg", two="a/other.jpg").members
    group = Group("g", (first, one, replace(other, keep=False, why="the same bytes as one.jpg")))

    def spares(scope: Scope, *protected: Path) -> list[str]:
        shown = Arrangement(Decided(()), scope, protected).of(group)
        assert shown is not None
        return [member.record.path.name for member in shown.members if not member.keep]

    assert spares(Scope()) == ["other.jpg"]
    assert spares(Scope(Mode.OTHER_FOLDERS)) == []
    assert spares(Scope(), P / "a") == []


def test_a_scan_offers_the_second_file_of_an_edit_and_of_its_pixels(
    catalog: Catalog,
    tmp_path: Path,
    save: Callable[..., Path],
    small: Mapping[str, np.ndarray],
    scan: Callable[..., Summary],
) -> None:
    library = tmp_path / "library"
    save(small["china"], library / "china.png")
    turned = np.rot90(small["china"])[::2, ::2]
    shutil.copy2(save(turned, library / "edit.png"), library / "edit copy.png")
    save(turned, library / "edit.bmp")

    (group,) = scan(library).groups

    going = {member.record.path.name: member.why for member in group.members if not member.keep}
    assert len(going) == 2
    assert all(why.startswith(("the same bytes as edit", "the same pixels as edit")) for why in going.values())
    choices = choose(group, PRESETS["quick"])
    assert len(kept(choices)) == 2
    plan = make_plan(catalog, [(group, choices)], PlanOptions(Action.QUARANTINE))
    before = files_below(library)
    assert carry_out(catalog, plan).files == 2
    take_back(catalog)
    assert files_below(library) == before


# ---------------------------------------------------------------------- links


@pytest.fixture
def linked(
    catalog: Catalog, tmp_path: Path, make_member: MakeMember, make_group: MakeGroup
) -> Callable[..., dict[str, str]]:
    """Plans links in a group of re-encoded files below the best one: which name leads to which."""

    def plan(*names: str, files: FaultyFiles | None = None, hard: bool = True, **options: object) -> Plan:
        rest = [make_member(tmp_path / name, Relation.RE_ENCODED) for name in names]
        group = make_group(make_member(tmp_path / "best.jpg", width=4000), *rest)
        protected = options.get("protected", ())
        chosen = [(group, choose(group, RULES, protected=protected))]  # type: ignore[arg-type]
        action = Action.HARD_LINK if hard else Action.REFLINK
        return make_plan(catalog, chosen, PlanOptions(action, **options), files)  # type: ignore[arg-type]

    return plan


def leads_to(plan: Plan) -> dict[str, str]:
    return {item.path.name: item.survivor.name for item in plan.items}


def test_two_equal_files_that_could_go_for_a_better_one_become_links_of_each_other(
    catalog: Catalog, tmp_path: Path, fill: Fill, linked: Callable[..., Plan]
) -> None:
    fill({"best.jpg": b"best", "a.jpg": b"x", "b long.jpg": b"x", "lone.jpg": b"y"})
    before = {name: data for name, data in files_below(tmp_path).items() if not name.startswith("catalog")}

    plan = linked("b long.jpg", "a.jpg", "lone.jpg")

    assert leads_to(plan) == {"b long.jpg": "a.jpg"}
    assert plan.items[0].why == "the same bytes as a.jpg"
    assert {refusal.path.name: refusal.reason for refusal in plan.refused} == {
        "a.jpg": "it keeps its bytes, and its copies become links to it",
        "lone.jpg": "only a copy with the same bytes can become a link",
    }
    assert carry_out(catalog, plan).files == 1
    assert (tmp_path / "a.jpg").samefile(tmp_path / "b long.jpg")
    assert take_back(catalog).files == 1
    assert not (tmp_path / "a.jpg").samefile(tmp_path / "b long.jpg")
    assert {name: data for name, data in files_below(tmp_path).items() if not name.startswith("catalog")} == before


def test_a_hard_link_never_ties_what_is_protected(tmp_path: Path, fill: Fill, linked: Callable[..., Plan]) -> None:
    fill({"best.jpg": b"best", "safe/p.jpg": b"x", "a.jpg": b"x", "b.jpg": b"x"})
    names, protected = ("safe/p.jpg", "a.jpg", "b.jpg"), (tmp_path / "safe",)

    assert leads_to(linked(*names, protected=protected)) == {"b.jpg": "a.jpg"}
    assert leads_to(linked(*names, protected=protected, hard=False)) == {"a.jpg": "p.jpg", "b.jpg": "p.jpg"}


def test_links_stay_on_one_drive(tmp_path: Path, fill: Fill, linked: Callable[..., Plan]) -> None:
    fill({"best.jpg": b"best", "a.jpg": b"x", "far/b.jpg": b"x", "far/c.jpg": b"x"})
    disk = FaultyFiles(far=(tmp_path / "far",))

    assert leads_to(linked("a.jpg", "far/b.jpg", "far/c.jpg", files=disk)) == {"c.jpg": "b.jpg"}


def test_links_are_made_within_the_scope_only(tmp_path: Path, fill: Fill, linked: Callable[..., Plan]) -> None:
    fill({"best.jpg": b"best", "a/a.jpg": b"x", "a/b.jpg": b"x", "b/c.jpg": b"x"})
    names = ("a/a.jpg", "a/b.jpg", "b/c.jpg")

    assert leads_to(linked(*names, scope=Scope(Mode.OTHER_FOLDERS))) == {"c.jpg": "a.jpg"}
    assert leads_to(linked(*names, scope=Scope(Mode.SAME_FOLDER))) == {"b.jpg": "a.jpg"}
