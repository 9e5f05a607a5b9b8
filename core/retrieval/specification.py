"""How a ranking is written down: a method, what is done to it, and what it is fused with.

``METHOD[:METRIC][+STEP[@N]]...`` is one ranking: ``hsv-histogram:chi-square``, ``vlad+whiten``,
``twinsight-copy+pq@64``, ``gray-histogram+sift@10``. Several of them with ``~`` between are fused:
``vlad~hsv-histogram`` by reciprocal rank, ``sum:vlad~hsv-histogram`` by their scores. A recipe is a name for
one of these.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from core.features import registry
from core.features.base import Kind, MethodInfo, Metric
from core.records import MethodError


class Fusion(StrEnum):
    """How rankings become one."""

    RECIPROCAL_RANK = "rrf"
    SCORES = "sum"


class Shelf(StrEnum):
    """What a step is for, in the order in which steps are applied."""

    WHITENING = "whitening"
    DATABASE = "database-side expansion"
    INDEX = "compression and acceleration"
    EXPANSION = "query expansion"
    PIXELS = "pixels"
    KEYPOINTS = "keypoints"


@dataclass(frozen=True, slots=True)
class StepInfo:
    """What a step is.

    Attributes:
        name: Stable name in a specification.
        shelf: What it is for.
        title: A few words for people.
        source: The paper and its year.
        parameter: What the number behind ``@`` is, or nothing where there is none.
        default: The number where none is given.
    """

    name: str
    shelf: Shelf
    title: str
    source: str
    parameter: str = ""
    default: int = 0


_NEIGHBOURS = "neighbours"
_BYTES = "bytes per picture"
_FIRST = "pictures compared, the best of the ranking before"

_ALL = (
    StepInfo(
        "whiten",
        Shelf.WHITENING,
        "PCA whitening, learned on the library",
        "Jegou and Chum, Negative Evidences and Co-occurrences in Image Retrieval, ECCV 2012",
        "dimensions",
        256,
    ),
    StepInfo(
        "dba",
        Shelf.DATABASE,
        "Database-side augmentation: every picture averaged with its neighbours",
        "Turcot and Lowe, Better matching with fewer features, ICCV Workshops 2009",
        _NEIGHBOURS,
        3,
    ),
    StepInfo(
        "pq",
        Shelf.INDEX,
        "Product quantisation, 4 bits a part",
        "Jegou et al., Product Quantization for Nearest Neighbor Search, TPAMI 2011",
        _BYTES,
        64,
    ),
    StepInfo(
        "opq",
        Shelf.INDEX,
        "Product quantisation after a learned rotation",
        "Ge et al., Optimized Product Quantization, CVPR 2013",
        _BYTES,
        64,
    ),
    StepInfo("sq", Shelf.INDEX, "One byte for each number", "Douze et al., The Faiss library, 2024"),
    StepInfo(
        "ivf",
        Shelf.INDEX,
        "Inverted lists around k-means centroids",
        "Sivic and Zisserman, Video Google, ICCV 2003; Douze et al., The Faiss library, 2024",
        "lists looked into",
        8,
    ),
    StepInfo(
        "ivf-pq",
        Shelf.INDEX,
        "Inverted lists of product-quantised residuals",
        "Jegou et al., Product Quantization for Nearest Neighbor Search, TPAMI 2011",
        _BYTES,
        64,
    ),
    StepInfo(
        "hnsw",
        Shelf.INDEX,
        "Graph of near neighbours in layers",
        "Malkov and Yashunin, Hierarchical Navigable Small World graphs, TPAMI 2020",
        "links per picture",
        32,
    ),
    StepInfo(
        "binary",
        Shelf.INDEX,
        "Signs after a learned rotation, compared by Hamming distance",
        "Gong and Lazebnik, Iterative Quantization, CVPR 2011",
        "bits",
        256,
    ),
    StepInfo(
        "average-qe",
        Shelf.EXPANSION,
        "Average query expansion",
        "Chum et al., Total Recall, ICCV 2007",
        _NEIGHBOURS,
        5,
    ),
    StepInfo(
        "alpha-qe",
        Shelf.EXPANSION,
        "Query expansion weighted by similarity to the power of 3",
        "Radenovic et al., Fine-tuning CNN Image Retrieval with No Human Annotation, TPAMI 2018",
        _NEIGHBOURS,
        10,
    ),
    StepInfo(
        "verified-qe",
        Shelf.EXPANSION,
        "Average query expansion with neighbours that keypoints confirm",
        "Chum et al., Total Recall, ICCV 2007",
        _NEIGHBOURS,
        5,
    ),
    StepInfo(
        "diffusion",
        Shelf.EXPANSION,
        "Diffusion on the graph of mutual neighbours",
        "Iscen et al., Efficient Diffusion on Region Manifolds, CVPR 2017",
        _NEIGHBOURS,
        10,
    ),
    StepInfo("mse", Shelf.PIXELS, "Re-ranking by mean squared error, aligned", "Gonzalez and Woods, 2002", _FIRST, 10),
    StepInfo("psnr", Shelf.PIXELS, "Re-ranking by peak signal-to-noise ratio, aligned", "Huynh-Thu 2008", _FIRST, 10),
    StepInfo(
        "ssim",
        Shelf.PIXELS,
        "Re-ranking by structural similarity, aligned",
        "Wang et al., Image Quality Assessment: From Error Visibility to Structural Similarity, TIP 2004",
        _FIRST,
        10,
    ),
)

STEPS: Mapping[str, StepInfo] = MappingProxyType({step.name: step for step in _ALL})
"""The steps that have names of their own; the name of any local method is a step as well."""

VERIFIER = "sift"
"""The local method whose keypoints align pictures and confirm neighbours."""

VOTED = 10
"""Pictures that a local method confirms by geometry after its keypoints have voted."""

RECIPES: Mapping[str, str] = MappingProxyType({"histogram-then-keypoints": "gray-histogram+sift@10"})
"""Specifications that have a name."""


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
    return StepInfo(name, Shelf.KEYPOINTS, f"re-ranking by verified {info.title}", info.source, _FIRST, 10)


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
            yield step.info.name
        elif step.info.shelf is Shelf.PIXELS or step.info.name == "verified-qe":
            yield VERIFIER


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name.lower(), known, 1, 0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}."
    return f"There is no {what} {name!r}; {hint}"
