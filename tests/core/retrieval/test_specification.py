"""Specifications: what can be typed, what it means, and what is refused in one sentence."""

from __future__ import annotations

import pytest

from core.records import MethodError
from core.retrieval.offers import offers, specifications
from core.retrieval.specification import Fusion, needed_methods, parse


@pytest.mark.parametrize(
    "text",
    [
        "gray-histogram",
        "hsv-histogram:chi-square",
        "vlad+whiten@128",
        "vlad+pq@16",
        "gray-histogram+sift",
        "vlad~hsv-histogram:intersection",
        "sum:vlad+alpha-qe~orb",
        "histogram-then-keypoints",
    ],
)
def test_a_specification_is_written_as_it_was_read(text: str) -> None:
    assert str(parse(text)) == text
    assert str(parse(str(parse(text)))) == text


def test_steps_are_applied_in_their_order_whatever_was_typed() -> None:
    assert str(parse("vlad+sift+alpha-qe+whiten")) == "vlad+whiten+alpha-qe+sift"


def test_what_pictures_have_to_be_described_with() -> None:
    assert needed_methods(parse("vlad+whiten")) == ("sift",)
    assert needed_methods(parse("gray-histogram+orb")) == ("gray-histogram", "orb")
    assert needed_methods(parse("gray-histogram+lightglue@5")) == ("gray-histogram", "aliked")
    assert needed_methods(parse("pdq+ssim")) == ("pdq", "sift")
    assert needed_methods(parse("pdq~vlad~orb")) == ("pdq", "sift", "orb")


def test_fusion_is_named() -> None:
    assert parse("pdq~orb").fusion is Fusion.RECIPROCAL_RANK
    assert parse("sum:pdq~orb").fusion is Fusion.SCORES
    assert parse("sum:pdq~orb").family == "fusion"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vlaad", "did you mean 'vlad'"),
        ("vlad+whitening", "did you mean 'whiten'"),
        ("hsv-histogram:chisquare", "did you mean 'chi-square'"),
        ("vlad:chi-square", "no histogram"),
        ("pdq:cosine", "compared by hamming"),
        ("pdq+whiten", "compared by cosine"),
        ("orb+pq", "compared by cosine"),
        ("vlad+pq@x", "behind @"),
        ("vlad+pq@0", "behind @"),
        ("vlad+sq@3", "behind @"),
        ("vlad+pq+hnsw", "two steps"),
        ("", "no method"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(MethodError, match=words):
        parse(text)


def test_everything_that_is_offered_can_be_read() -> None:
    listed = offers()

    for offer in listed:
        parse(offer.specification)
        assert offer.title and offer.source
    assert {offer.group for offer in listed} == {"methods", "distances", "recipes", "steps", "fusion"}


def test_groups_of_methods_have_names() -> None:
    everything = specifications("all")

    assert set(specifications("methods")) < set(everything)
    assert specifications("vlad, pdq,vlad") == ("vlad", "pdq")
    with pytest.raises(MethodError, match="No method"):
        specifications(" , ")
