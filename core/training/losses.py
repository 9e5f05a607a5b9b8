"""The recipes: what makes descriptors of copies agree and those of others differ.

* "simclr": normalised temperature-scaled cross entropy (Chen 2020).
* "contrastive": copies within one distance, all others beyond another, squared (Hadsell 2006; two margins as Lin 2015).
* "triplet": the hardest other within the batch against each pair of copies (Schroff 2015).
* "sscd": cross entropy with composites as targets and a differential-entropy term (Pizzi 2022; Sablayrolles
  2019), here with terms that make the region of a composite agree with the picture it shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor

from core.training.relations import Relations
from core.training.settings import TrainingSettings

_NEVER = -1e4
_BETWEEN = 0.8
"""From the distance within which copies are to lie to that beyond which others are."""


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """The network's answers for a batch of N pairs.

    Attributes:
        pictures: (N, D) unit descriptors of the pictures.
        copies: (N, D) of their copies.
        picture_regions: (N, R, D) of the pictures' regions.
        copy_regions: (N, R, D) of the copies' regions.
    """

    pictures: Tensor
    copies: Tensor
    picture_regions: Tensor
    copy_regions: Tensor


Loss = Callable[[Described, Relations, TrainingSettings], dict[str, Tensor]]
"""Named terms; their sum is minimised."""


def _tensor(values: object, like: Tensor) -> Tensor:
    return torch.as_tensor(values, device=like.device)


def _simclr(described: Described, relations: Relations, settings: TrainingSettings) -> dict[str, Tensor]:
    both = torch.cat([described.pictures, described.copies])
    count = len(described.pictures)
    logits = both @ both.T / settings.temperature
    logits = logits.masked_fill(torch.eye(2 * count, dtype=torch.bool, device=both.device), _NEVER)
    target = torch.arange(2 * count, device=both.device).roll(count)
    return {"softmax": functional.cross_entropy(logits, target)}


def _distances(first: Tensor, second: Tensor) -> Tensor:
    """Euclidean distances between unit vectors."""
    return (2 - 2 * first @ second.T).clamp(min=1e-6).sqrt()


def _contrastive(described: Described, relations: Relations, settings: TrainingSettings) -> dict[str, Tensor]:
    distances = _distances(described.copies, described.pictures)
    weights, related = _tensor(relations.weights, distances), _tensor(relations.related, distances)
    # Copies that are near enough pull no more: pulled to a point they draw all others with them, into few dimensions.
    beyond = (distances - settings.margin).clamp(min=0).square()
    near = (weights * beyond).sum() / weights.sum().clamp(min=1)
    # Summed over the others of a copy: most are far enough, and in a mean would leave those that are not no weight.
    within = (settings.margin + _BETWEEN - distances).clamp(min=0).square()
    return {"near": near, "far": within.masked_fill(related, 0.0).sum(1).mean()}


def _triplet(described: Described, relations: Relations, settings: TrainingSettings) -> dict[str, Tensor]:
    distances = _distances(described.copies, described.pictures)
    related = _tensor(relations.related, distances)
    others = distances.masked_fill(related, 4.0)
    own = distances.diagonal()
    by_copy = (own - others.min(1).values + settings.margin).clamp(min=0)
    by_picture = (own - others.min(0).values + settings.margin).clamp(min=0)
    return {"triplet": (by_copy.mean() + by_picture.mean()) / 2}


def _pull(positive: Tensor, negatives: Tensor) -> Tensor:
    """Cross entropy of (M,) positive logits against (M, K) negative ones."""
    return functional.softplus(negatives.logsumexp(1) - positive)


def _whole_terms(described: Described, relations: Relations, temperature: float) -> Tensor:
    """Whole descriptors of copies and pictures, both ways; composites agree with all they show."""
    pictures, copies = described.pictures, described.copies
    related, weights = _tensor(relations.related, copies), _tensor(relations.weights, copies)
    across = copies @ pictures.T / temperature
    shares = (related.float() @ related.float().T) > 0
    itself = torch.eye(len(pictures), dtype=torch.bool, device=pictures.device)
    among_copies = (copies @ copies.T / temperature).masked_fill(shares, _NEVER)
    among_pictures = (pictures @ pictures.T / temperature).masked_fill(itself, _NEVER)
    other = across.masked_fill(related, _NEVER)
    copy, picture = torch.nonzero(weights, as_tuple=True)
    positive, weight = across[copy, picture], weights[copy, picture]
    for_copy = _pull(positive, torch.cat([other, among_copies], 1)[copy])
    for_picture = _pull(positive, torch.cat([other.T, among_pictures], 1)[picture])
    return (weight * (for_copy + for_picture)).sum() / (2 * weight.sum())


def _region_term(
    regions: Tensor, whole: Tensor, crowd: Tensor, rows: Tensor, related: Tensor, temperature: float
) -> Tensor:
    """Regions that show what a whole picture shows agree with it.

    Args:
        regions: (N, R, D) descriptors of regions.
        whole: (N, D) descriptors of the pictures that the regions show.
        crowd: (N, D) whole descriptors from the regions' side, more others to keep away from.
        rows: (M, 3) of (owner of the region, region, whole).
        related: (N, N) bool [owner of the region, whole].
        temperature: Of the softmax.
    """
    owner, region, target = rows.T
    queries = regions[owner, region]
    positive = (queries * whole[target]).sum(1) / temperature
    to_whole = (queries @ whole.T / temperature).masked_fill(related[owner], _NEVER)
    siblings = (related.float() @ related.float().T) > 0
    to_crowd = (queries @ crowd.T / temperature).masked_fill(siblings[owner], _NEVER)
    by_region = _pull(positive, torch.cat([to_whole, to_crowd], 1))
    # The other way round a whole picture meets every region of every other picture, as it does in a search.
    all_regions = torch.einsum("md,nrd->mnr", whole[target], regions) / temperature
    all_regions = all_regions.masked_fill(related.T[target][:, :, None], _NEVER)
    return (by_region + _pull(positive, all_regions.flatten(1))).mean() / 2


def _entropy_term(described: Described, relations: Relations) -> Tensor:
    """Kozachenko-Leonenko: minus the mean log distance to the nearest unrelated descriptor."""
    related = _tensor(relations.related, described.copies)
    shares = (related.float() @ related.float().T) > 0
    itself = torch.eye(len(related), dtype=torch.bool, device=related.device)
    both = torch.cat([described.pictures, described.copies])
    akin = torch.cat([torch.cat([itself, related.T], 1), torch.cat([related, shares], 1)])
    nearest = _distances(both, both).masked_fill(akin, 4.0).min(1).values
    return -(nearest + 1e-4).log().mean()


def _sscd(described: Described, relations: Relations, settings: TrainingSettings) -> dict[str, Tensor]:
    terms = {"softmax": _whole_terms(described, relations, settings.temperature)}
    related = _tensor(relations.related, described.copies)
    sides = {
        "copy_regions": (
            described.copy_regions,
            described.pictures,
            described.copies,
            relations.copy_regions,
            related,
        ),
        "picture_regions": (
            described.picture_regions,
            described.copies,
            described.pictures,
            relations.source_regions,
            related.T,
        ),
    }
    for name, (regions, whole, crowd, rows, relation) in sides.items():
        if len(rows) and settings.region:
            selected = _tensor(rows, whole)
            term = _region_term(regions, whole, crowd, selected, relation, settings.temperature)
            terms[name] = settings.region * term
    if settings.entropy:
        terms["entropy"] = settings.entropy * _entropy_term(described, relations)
    return terms


LOSSES: dict[str, Loss] = {"simclr": _simclr, "contrastive": _contrastive, "triplet": _triplet, "sscd": _sscd}
