"""From a specification to the ranker that it describes."""

from __future__ import annotations

from core.features.base import Kind
from core.retrieval.gallery import Gallery
from core.retrieval.rankers import DescriptorRanker, FusedRanker, KeypointRanker, Ranker
from core.retrieval.reranking import KeypointReranker, PixelReranker
from core.retrieval.specification import Single, Specification
from core.retrieval.steps import Shelf


def build_ranker(gallery: Gallery, specification: Specification) -> Ranker:
    """Learn what is to be learned from a gallery, and make it ready to be ranked.

    Args:
        gallery: Described by ``needed_methods(specification)``.
        specification: What to rank by.

    Raises:
        MethodError: A step does not fit the gallery.
        ModelError: Weights are missing, or a codebook cannot be trained.
    """
    members = [_build(gallery, one) for one in specification.members]
    return members[0] if len(members) == 1 else FusedRanker(members, specification.fusion)


def _build(gallery: Gallery, one: Single) -> Ranker:
    ranker: Ranker
    if one.method.kind is Kind.LOCAL:
        ranker = KeypointRanker(gallery, one.method.name)
    else:
        ranker = DescriptorRanker(gallery, one)
    if (pixels := one.step(Shelf.PIXELS)) is not None:
        ranker = PixelReranker(ranker, gallery, pixels)
    if (keypoints := one.step(Shelf.KEYPOINTS)) is not None:
        ranker = KeypointReranker(ranker, gallery, keypoints)
    return ranker
