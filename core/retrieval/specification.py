"""How a ranking is written down: a method, what is done to it, and what it is fused with.

``METHOD[:METRIC][+STEP[@N]]...`` is one ranking: ``hsv-histogram:chi-square``, ``vlad+whiten``,
``twinsight-copy+pq@64``, ``gray-histogram+sift@10``. Several of them with ``~`` between are fused:
``vlad~hsv-histogram`` by reciprocal rank, ``sum:vlad~hsv-histogram`` by their scores. A recipe is a name for
one of these.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from core.features import registry
from core.features.base import Kind, MethodInfo, Metric
from core.records import MethodError
from core.retrieval.steps import COMPARED, MATCHED_BY, RECIPES, STEPS, VERIFIER, Shelf, StepInfo


class Fusion(StrEnum):
    """How rankings become one."""

    RECIPROCAL_RANK = "rrf"
    SCORES = "sum"


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is wanted.

    Attributes:
        info: Which.
        count: Its number.
    """

    info: StepInfo
    count: int

    def __str__(self) -> str:
        return self.info.name if self.count == self.info.default else f"{self.info.name}@{self.count}"


@dataclass(frozen=True, slots=True)
class Single:
    """One ranking.

    Attributes:
        method: A registered method.
        metric: How its histograms are compared, or None for its own way.
        steps: In the order in which they are applied, one of a shelf at most.
    """

    method: MethodInfo
    metric: Metric | None
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        name = self.method.name if self.metric is None else f"{self.method.name}:{self.metric}"
        return "+".join([name, *map(str, self.steps)])

    def step(self, *shelves: Shelf) -> Step | None:
        """The step from one of these shelves, if there is one."""
        return next((step for step in self.steps if step.info.shelf in shelves), None)


@dataclass(frozen=True, slots=True)
class Specification:
    """One ranking, or several fused.

    Attributes:
        members: At least one.
        fusion: How several become one.
        name: Of the recipe that it is, or nothing.
    """

    members: tuple[Single, ...]
    fusion: Fusion = Fusion.RECIPROCAL_RANK
    name: str = ""

    def __str__(self) -> str:
        if self.name:
            return self.name
        text = "~".join(map(str, self.members))
        return f"{self.fusion}:{text}" if self.fusion is Fusion.SCORES and len(self.members) > 1 else text

    @property
    def title(self) -> str:
        """A few words for people."""
        titles = [", ".join([_named(one), *(step.info.title for step in one.steps)]) for one in self.members]
        how = "reciprocal rank" if self.fusion is Fusion.RECIPROCAL_RANK else "sum of scores"
        return titles[0] if len(titles) == 1 else f"Fusion by {how}: {'; '.join(titles)}"

    @property
    def family(self) -> str:
        """The shelf it stands on: that of its method, or "fusion"."""
        return self.members[0].method.family if len(self.members) == 1 else "fusion"


def _named(one: Single) -> str:
    return one.method.title if one.metric is None else f"{one.method.title}, {one.metric}"


def parse(text: str) -> Specification:
    """Read a specification or the name of a recipe.

    Raises:
        MethodError: It names something that does not exist, or puts together what does not fit.
    """
    if text in RECIPES:
        return replace(parse(RECIPES[text]), name=text)
    head, colon, rest = text.partition(":")
    fusion = Fusion.RECIPROCAL_RANK
    if colon and head in tuple(Fusion):
        fusion, text = Fusion(head), rest
    return Specification(tuple(_single(member) for member in text.split("~")), fusion)


def _single(text: str) -> Single:
    head, *tail = text.split("+")
    name, _, metric = head.partition(":")
    known = registry.methods()
    if name not in known:
        raise MethodError(_unknown("method", name, [*known, *RECIPES]))
    steps = sorted((_step(part) for part in tail), key=lambda step: tuple(Shelf).index(step.info.shelf))
    one = Single(known[name], _metric(known[name], metric) if metric else None, tuple(steps))
    _check(one)
    return one


def _step(text: str) -> Step:
    name, at, number = text.partition("@")
    info = STEPS.get(name) or _keypoint_step(name)
    if not at:
        return Step(info, info.default)
    least = 0 if info.name == "whiten" else 1
    if not number.isdecimal() or int(number) < least or not info.parameter:
        raise MethodError(f"{text!r} is no step: behind @ stands a number, where a step takes one.")
    return Step(info, int(number))


def _keypoint_step(name: str) -> StepInfo:
    """The step of a local method: the first of the ranking again, by how many keypoints agree."""
    known = registry.methods()
    if name not in known or known[name].kind is not Kind.LOCAL:
        local = [info.name for info in known.values() if info.kind is Kind.LOCAL]
        raise MethodError(_unknown("step", name, [*STEPS, *local]))
    info = known[name]
    return StepInfo(name, Shelf.KEYPOINTS, f"re-ranking by verified {info.title}", info.source, COMPARED, 10)


HISTOGRAMS = (Metric.CORRELATION, Metric.CHI_SQUARE, Metric.INTERSECTION, Metric.BHATTACHARYYA)


def _metric(info: MethodInfo, name: str) -> Metric:
    if name not in tuple(Metric):
        raise MethodError(_unknown("metric", name, [str(one) for one in Metric]))
    metric = Metric(name)
    if metric is info.metric:
        return metric
    if metric in HISTOGRAMS and info.metric not in HISTOGRAMS:
        raise MethodError(f"{info.name} gives no histogram that {name} could compare.")
    if Metric.HAMMING in (metric, info.metric):
        raise MethodError(f"{info.name} is compared by {info.metric}, not by {name}.")
    return metric


_OF_VECTORS = (Shelf.WHITENING, Shelf.DATABASE, Shelf.INDEX, Shelf.EXPANSION)


def _check(one: Single) -> None:
    """Refuse what does not fit together, in one sentence."""
    shelves = [step.info.shelf for step in one.steps]
    twice = next((shelf for shelf in shelves if shelves.count(shelf) > 1), None)
    if twice is not None:
        raise MethodError(f"{one}: there are two steps for {twice}; leave one out.")
    vectors = one.step(*_OF_VECTORS)
    metric = one.metric or one.method.metric
    if vectors is not None and (one.method.kind is Kind.LOCAL or metric is not Metric.COSINE):
        raise MethodError(
            f"{one}: {vectors.info.name} works on descriptors that are compared by cosine; {one.method.name} is not."
        )


def needed_methods(specification: Specification) -> tuple[str, ...]:
    """The methods that pictures have to be described with, so that this can rank; in order of first use."""
    return tuple(dict.fromkeys(name for one in specification.members for name in _needed(one)))


def _needed(one: Single) -> Iterable[str]:
    made = registry.create(one.method.name)
    yield getattr(made, "local", one.method.name)
    for step in one.steps:
        if step.info.shelf is Shelf.KEYPOINTS:
            yield MATCHED_BY[step.info.name][0] if step.info.name in MATCHED_BY else step.info.name
        elif step.info.shelf is Shelf.PIXELS or step.info.name == "verified-qe":
            yield VERIFIER


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name.lower(), known, 1, 0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}."
    return f"There is no {what} {name!r}; {hint}"
