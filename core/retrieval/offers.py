"""What this install can rank by: every method, and what can be made of methods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.features import registry
from core.features.base import Kind, MethodInfo, Metric
from core.records import MethodError, ModelError
from core.retrieval.specification import HISTOGRAMS, Fusion, needed_methods, parse
from core.retrieval.steps import RECIPES, STEPS, Shelf


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the list of methods.

    Attributes:
        specification: As it can be typed.
        title: What it is, for people.
        source: The paper and its year.
        family: The shelf it stands on.
        bytes_per_picture: Usual size of what ranking keeps of a picture, or None where it depends on others.
        group: "methods", "distances", "recipes", "steps" or "fusion".
        problem: Why it cannot be used here and what to do, or nothing.
    """

    specification: str
    title: str
    source: str
    family: str
    bytes_per_picture: int | None
    group: str
    problem: str = ""


EXAMPLE = "vlad"
"""The method that steps are shown with where a step needs one."""

_FUSION = ("hsv-histogram:intersection", "fisher-vector")
_FUSION_SOURCES = {
    Fusion.RECIPROCAL_RANK: "Cormack et al., Reciprocal Rank Fusion outperforms Condorcet, SIGIR 2009",
    Fusion.SCORES: "Fox and Shaw, Combination of Multiple Searches, TREC 1994",
}


def offers() -> tuple[Offer, ...]:
    """All there is. Making the deep methods loads PyTorch, which takes seconds."""
    return (*_methods(), *_distances(), *_recipes(), *_steps(), *_fusions())


def specifications(text: str) -> tuple[str, ...]:
    """Specifications from a list with commas, in which "methods" and "all" stand for groups.

    Raises:
        MethodError: One of them does not exist.
    """
    chosen: list[str] = []
    for name in filter(None, (part.strip() for part in text.split(","))):
        groups = {"methods": ("methods", "recipes"), "all": None}
        if name in groups:
            wanted = groups[name]
            chosen += [offer.specification for offer in offers() if wanted is None or offer.group in wanted]
        else:
            parse(name)
            chosen.append(name)
    if not chosen:
        raise MethodError("No method is named; `twinsight methods` lists them.")
    return tuple(dict.fromkeys(chosen))


def _methods() -> Iterator[Offer]:
    for info in registry.methods().values():
        yield Offer(info.name, info.title, info.source, info.family, _bytes(info), "methods", _problem(info.name))


def _distances() -> Iterator[Offer]:
    for info in registry.methods().values():
        if info.metric in HISTOGRAMS:
            for metric in HISTOGRAMS:
                if metric is not info.metric:
                    title = f"{info.title}, {metric}"
                    yield Offer(
                        f"{info.name}:{metric}", title, _distance_source(metric), "colour", _bytes(info), "distances"
                    )


def _distance_source(metric: Metric) -> str:
    if metric is Metric.BHATTACHARYYA:
        return "Bhattacharyya, Bulletin of the Calcutta Mathematical Society, 1943"
    return "Swain and Ballard, Color Indexing, IJCV 1991; Puzicha et al., CVPR 1997"


def _recipes() -> Iterator[Offer]:
    for name, text in RECIPES.items():
        title = f"{parse(text).title} ({text})"
        yield Offer(
            name,
            title,
            "Philbin et al., Object retrieval with large vocabularies, CVPR 2007",
            "recipe",
            None,
            "recipes",
        )


def _steps() -> Iterator[Offer]:
    for step in STEPS.values():
        size = step.default if step.parameter == "bytes per picture" else None
        text = f"{EXAMPLE}+{step.name}"
        yield Offer(text, step.title, step.source, str(step.shelf), size, "steps", _problem(text))
    for info in registry.methods().values():
        if info.kind is Kind.LOCAL:
            title = f"Re-ranking of the first 10 by verified {info.title}"
            text = f"{EXAMPLE}+{info.name}"
            yield Offer(text, title, info.source, str(Shelf.KEYPOINTS), None, "steps", _problem(text))


def _fusions() -> Iterator[Offer]:
    for fusion, source in _FUSION_SOURCES.items():
        text = "~".join(_FUSION)
        text = text if fusion is Fusion.RECIPROCAL_RANK else f"{fusion}:{text}"
        yield Offer(text, parse(text).title, source, "fusion", None, "fusion")


def _bytes(info: MethodInfo) -> int:
    return info.bytes_per_image


def _problem(text: str) -> str:
    """Why a specification cannot be used here, in one sentence."""
    try:
        for name in needed_methods(parse(text)):
            registry.create(name)
    except ModelError as error:
        return str(error)
    return ""
