"""Enlarging a picture does not make it the best copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import pytest
from PIL import ExifTags, Image

from core.features.base import Pixels
from core.records import Group, Member, Relation
from core.review.choosing import TraitsRead, choose, gather
from core.review.rules import PRESETS, RuleSet
from core.review.traits import Traits

MakeMember = Callable[..., Member]
MakeGroup = Callable[..., Group]


@pytest.fixture
def group(tmp_path: Path, photos: Mapping[str, Pixels], make_member: MakeMember, make_group: MakeGroup) -> Group:
    """A photograph from a camera, twice its size without metadata, and half its size."""
    photo = Image.fromarray(photos["china"])
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "Camera"
    photo.save(tmp_path / "photo.jpg", quality=92, exif=exif)
    width, height = photo.size
    photo.resize((2 * width, 2 * height), Image.Resampling.BICUBIC).save(tmp_path / "large.jpg", quality=90)
    photo.resize((width // 2, height // 2)).save(tmp_path / "small.jpg", quality=90)
    return make_group(
        make_member(tmp_path / "large.jpg", width=2 * width, height=2 * height),
        make_member(tmp_path / "photo.jpg", Relation.RE_ENCODED, width, height),
        make_member(tmp_path / "small.jpg", Relation.RE_ENCODED, width // 2, height // 2),
    )


def gathered(group: Group, rules: RuleSet) -> dict[Path, Traits]:
    return {event.path: event.traits for event in gather([group], rules) if isinstance(event, TraitsRead)}


def test_the_photograph_stays_and_not_what_was_made_larger_of_it(group: Group) -> None:
    choices = choose(group, PRESETS["best"], gathered(group, PRESETS["best"]))

    going = {choice.member.record.path.name: choice.why for choice in choices if not choice.keep}
    assert set(going) == {"large.jpg", "small.jpg"}
    assert "was enlarged from fewer pixels" in going["large.jpg"]
    assert "1280 x 854" not in going["small.jpg"] and "against" in going["small.jpg"]


def test_a_real_photograph_is_preferred_to_its_smaller_copies(group: Group, make_group: MakeGroup) -> None:
    smaller = make_group(*[member for member in group.members if member.record.path.name != "large.jpg"])
    traits = gathered(smaller, PRESETS["best"])

    kept = [choice.member.record.path.name for choice in choose(smaller, PRESETS["best"], traits) if choice.keep]
    assert kept == ["photo.jpg"]
    # It wins by every rule, so there was nothing to decode it for.
    assert all(each.filled is None for each in traits.values())


def test_rules_that_do_not_ask_for_pixels_decode_nothing(group: Group) -> None:
    traits = gathered(group, RuleSet.of("richest-metadata", "oldest"))
    assert all(each.filled is None for each in traits.values())


def test_a_picture_that_cannot_be_decoded_counts_with_the_pixels_it_says_it_has(group: Group) -> None:
    large = next(member.record.path for member in group.members if member.record.path.name == "large.jpg")
    large.write_bytes(large.read_bytes()[:600])

    choices = choose(group, PRESETS["best"], gathered(group, PRESETS["best"]))
    assert [choice.member.record.path.name for choice in choices if choice.keep] == ["large.jpg"]


def test_what_was_seen_once_is_not_decoded_again(group: Group) -> None:
    rules = PRESETS["best"]
    assert list(gather([group], rules, gathered(group, rules))) == []


def test_an_enlargement_of_higher_quality_stays(
    tmp_path: Path, photos: Mapping[str, Pixels], make_member: MakeMember, make_group: MakeGroup
) -> None:
    """It may as well be a soft scan, and the small one its copy: nothing of it is given up for fewer pixels."""
    pixels = photos["flower"][..., ::-1]
    height, width = pixels.shape[:2]
    cv2.imwrite(str(tmp_path / "large.jpg"), cv2.resize(pixels, (2 * width, 2 * height)), [1, 97])
    cv2.imwrite(str(tmp_path / "small.jpg"), pixels, [1, 60])
    group = make_group(
        make_member(tmp_path / "large.jpg", width=2 * width, height=2 * height),
        make_member(tmp_path / "small.jpg", Relation.RE_ENCODED, width, height),
    )

    choices = choose(group, PRESETS["best"], gathered(group, PRESETS["best"]))
    assert [choice.member.record.path.name for choice in choices if choice.keep] == ["large.jpg"]
