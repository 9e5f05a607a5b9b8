"""Which copy stays and which may go: the rules in their order, what no rule may do, and the reasons given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from core.catalog import Catalog
from core.records import Group, Member, Relation, ReviewError
from core.review import rule_sets
from core.review.choosing import Choice, TraitsRead, choose, gather, totals
from core.review.rules import PRESETS, Rule, RuleKind, RuleSet
from core.review.traits import Traits, read_traits
from core.scope import Mode, Scope

MakeMember = Callable[..., Member]
MakeGroup = Callable[..., Group]

P = Path("/p")


def kept(choices: Sequence[Choice]) -> list[str]:
    return [choice.member.record.path.name for choice in choices if choice.keep]


def why(choices: Sequence[Choice], name: str) -> str:
    return next(choice.why for choice in choices if choice.member.record.path.name == name)


@pytest.mark.parametrize(
    ("rule", "stays", "reason"),
    [
        ("most-pixels", "large.jpg", "4000 x 3000 against 1600 x 1200"),
        ("oldest", "old.jpg", "older: "),
        ("newest", "large.jpg", "newer: "),
        ("shortest-name", "old.jpg", "a shorter name than large.jpg"),
        ("folder:/p/best", "chosen.jpg", "in /p/best"),
        ("pattern:*/chosen.*", "chosen.jpg", "its path matches */chosen.*"),
        ("least-compressed", "chosen.jpg", "JPEG quality 95 against JPEG quality 75"),
        ("original-format", "old.jpg", "as a camera wrote it, not a camera's format"),
        ("richest-metadata", "old.jpg", "has camera, date, the other no metadata"),
    ],
)
def test_each_rule_prefers_one_file_and_says_why(
    rule: str, stays: str, reason: str, make_member: MakeMember, make_group: MakeGroup
) -> None:
    group = make_group(
        make_member(P / "large.jpg", width=4000, height=3000, modified=3e9),
        make_member(P / "old.jpg", Relation.RE_ENCODED, 1600, 1200, modified=1e9),
        make_member(P / "best/chosen.jpg", Relation.RE_ENCODED, 1600, 1200, modified=2e9),
    )
    traits = {
        P / "large.jpg": Traits(75, 1),
        P / "old.jpg": Traits(75, 2, ("camera", "date")),
        P / "best/chosen.jpg": Traits(95, 1),
    }

    choices = choose(group, RuleSet.of(rule), traits)

    assert kept(choices) == [stays]
    assert reason in why(choices, stays)
    assert totals(choices)[0] == 2
    assert all(choice.survivor is not None and choice.survivor.name == stays for choice in choices if not choice.keep)


def test_the_first_rule_that_tells_files_apart_decides(make_member: MakeMember, make_group: MakeGroup) -> None:
    group = make_group(
        make_member(P / "large-new.jpg", width=4000, modified=2e9),
        make_member(P / "small-old.jpg", Relation.RE_ENCODED, width=400, modified=1e9),
    )

    assert kept(choose(group, RuleSet.of("most-pixels", "oldest"))) == ["large-new.jpg"]
    assert kept(choose(group, RuleSet.of("oldest", "most-pixels"))) == ["small-old.jpg"]


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("relation", Relation)
def test_only_plain_copies_are_chosen_by_themselves(
    name: str, relation: Relation, make_member: MakeMember, make_group: MakeGroup
) -> None:
    group = make_group(make_member(P / "a.jpg"), make_member(P / "b.jpg", relation, width=100, shows=0.5))

    choices = choose(group, PRESETS[name])

    plain = relation in (Relation.SAME_FILE, Relation.SAME_PIXELS, Relation.RE_ENCODED)
    assert len(kept(choices)) == (1 if plain else 2)


def test_edited_ones_and_crops_go_on_request_and_others_never(make_member: MakeMember, make_group: MakeGroup) -> None:
    relations = (Relation.EDITED, Relation.CROP, Relation.COMPOSITE, Relation.SAME_SCENE, Relation.SIMILAR)
    group = make_group(
        make_member(P / "best.jpg"), *(make_member(P / f"{each}.jpg", each, shows=0.5) for each in relations)
    )
    rules = RuleSet(PRESETS["quick"].rules, frozenset({Relation.EDITED, Relation.CROP}))

    assert kept(choose(group, rules)) == ["best.jpg", "composite.jpg", "same-scene.jpg", "similar.jpg"]
    with pytest.raises(ReviewError, match="never"):
        RuleSet((), frozenset({Relation.COMPOSITE}))


def test_a_crop_never_beats_its_source(make_member: MakeMember, make_group: MakeGroup) -> None:
    group = make_group(
        make_member(P / "whole.jpg", width=400), make_member(P / "crop.jpg", Relation.CROP, width=4000, shows=0.3)
    )
    rules = RuleSet.of("most-pixels")

    assert kept(choose(group, rules)) == ["whole.jpg", "crop.jpg"]
    assert kept(choose(group, RuleSet(rules.rules, frozenset({Relation.CROP})))) == ["whole.jpg"]


def test_a_person_may_overrule_everything_but_the_last_copy(make_member: MakeMember, make_group: MakeGroup) -> None:
    group = make_group(make_member(P / "a.jpg", width=900), make_member(P / "b.jpg", Relation.RE_ENCODED))
    rules = PRESETS["quick"]

    # To keep one file never sends another away.
    assert kept(choose(group, rules, marks={P / "b.jpg": True})) == ["a.jpg", "b.jpg"]
    assert kept(choose(group, rules, marks={P / "a.jpg": False})) == ["b.jpg"]
    assert kept(choose(group, rules, marks={P / "a.jpg": True, P / "b.jpg": True})) == ["a.jpg", "b.jpg"]
    choices = choose(group, rules, marks={P / "a.jpg": False, P / "b.jpg": False})
    assert kept(choices) == ["a.jpg"]
    assert why(choices, "a.jpg") == "kept: the last copy stays"


def test_another_shot_goes_only_if_a_person_says_so(make_member: MakeMember, make_group: MakeGroup) -> None:
    group = make_group(make_member(P / "a.jpg"), make_member(P / "burst.jpg", Relation.SAME_SCENE))

    assert kept(choose(group, PRESETS["quick"], marks={P / "burst.jpg": False})) == ["a.jpg"]
    assert kept(choose(group, PRESETS["quick"], marks={P / "a.jpg": False})) == ["a.jpg", "burst.jpg"]


def test_what_is_protected_stays_and_lets_others_go(make_member: MakeMember, make_group: MakeGroup) -> None:
    group = make_group(make_member(P / "large.jpg", width=900), make_member(P / "safe/small.jpg", Relation.RE_ENCODED))

    choices = choose(group, PRESETS["quick"], protected=[P / "safe"])
    assert kept(choices) == ["small.jpg"]
    assert why(choices, "small.jpg") == "kept: in the protected folder /p/safe"
    choices = choose(group, RuleSet.of("most-pixels"), protected=[P / "safe"], marks={P / "safe/small.jpg": False})
    assert kept(choices) == ["large.jpg", "small.jpg"]


def test_raw_and_jpeg_of_one_shot_stay_together(make_member: MakeMember, make_group: MakeGroup) -> None:
    group = make_group(
        make_member(P / "IMG_1.CR2", width=6000),
        make_member(P / "IMG_1.JPG", Relation.RE_ENCODED, width=6000),
        make_member(P / "copy.jpg", Relation.RE_ENCODED),
    )

    choices = choose(group, PRESETS["quick"])

    assert kept(choices) == ["IMG_1.CR2", "IMG_1.JPG"]
    assert why(choices, "IMG_1.JPG") == "kept: it belongs to IMG_1.CR2"


@pytest.mark.parametrize(
    ("scope", "stay"),
    [
        (Scope(), ["a1.jpg"]),
        (Scope(Mode.AGAINST, (P / "b",)), ["b1.jpg", "b2.jpg"]),
        (Scope(Mode.OTHER_FOLDERS), ["a1.jpg", "a2.jpg"]),
        (Scope(Mode.SAME_FOLDER), ["a1.jpg", "b1.jpg"]),
    ],
)
def test_modes_say_which_pairs_count(
    scope: Scope, stay: list[str], make_member: MakeMember, make_group: MakeGroup
) -> None:
    group = make_group(
        make_member(P / "a/a1.jpg", width=900),
        make_member(P / "a/a2.jpg", Relation.RE_ENCODED, width=800),
        make_member(P / "b/b1.jpg", Relation.RE_ENCODED, width=700),
        make_member(P / "b/b2.jpg", Relation.RE_ENCODED, width=600),
    )
    assert kept(choose(group, RuleSet.of("most-pixels"), scope=scope)) == stay


# ---------------------------------------------------------------------- rules as data


def test_rules_are_written_and_read_as_text() -> None:
    for kind in RuleKind:
        rule = Rule(kind, "/some: where/*" if kind.takes_value else "")
        assert Rule.parse(str(rule)) == rule
        assert kind.label
    for text in ("", "nothing", "oldest:/x", "folder", "pattern:"):
        with pytest.raises(ReviewError):
            Rule.parse(text)


def test_rules_are_saved_under_a_name(catalog: Catalog) -> None:
    mine = RuleSet(RuleSet.of("folder:/best", "newest").rules, frozenset({Relation.CROP}))

    rule_sets.save(catalog, "mine", mine)

    assert rule_sets.saved(catalog) == {"mine": mine}
    assert rule_sets.named(catalog, "mine") == mine
    assert rule_sets.named(catalog, "best") == PRESETS["best"]
    assert rule_sets.named(catalog, "oldest,most-pixels") == RuleSet.of("oldest", "most-pixels")
    with pytest.raises(ReviewError, match="another name"):
        rule_sets.save(catalog, "best", mine)
    rule_sets.forget(catalog, "mine")
    with pytest.raises(ReviewError, match="no keep rule 'mine'"):
        rule_sets.named(catalog, "mine")


# ---------------------------------------------------------------------- traits


@pytest.mark.parametrize("quality", [10, 35, 50, 75, 90, 97])
def test_the_quality_of_a_jpeg_is_estimated(quality: int, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "x.jpg", quality=quality)

    estimate = read_traits(tmp_path / "x.jpg").quality

    assert estimate is not None and abs(estimate - quality) <= 3


def test_traits_come_from_the_header(tmp_path: Path, make_member: MakeMember, make_group: MakeGroup) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "Camera"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2019:05:01 12:30:00"
    Image.new("RGB", (64, 64)).save(tmp_path / "a.jpg", exif=exif)
    Image.new("RGB", (64, 64)).save(tmp_path / "b.png")
    (tmp_path / "broken.jpg").write_bytes(b"no picture")

    assert read_traits(tmp_path / "a.jpg").written == ("camera", "date")
    assert (read_traits(tmp_path / "a.jpg").origin, read_traits(tmp_path / "b.png").origin) == (2, 0)
    assert read_traits(tmp_path / "broken.jpg") == read_traits(tmp_path / "gone.jpg") == Traits()

    group = make_group(make_member(tmp_path / "a.jpg"), make_member(tmp_path / "b.png", Relation.SAME_PIXELS))
    read = [event.path.name for event in gather([group, group], PRESETS["best"]) if isinstance(event, TraitsRead)]
    assert read == ["a.jpg", "b.png"]
    assert list(gather([group], PRESETS["quick"])) == []
