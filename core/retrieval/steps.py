"""The steps that a ranking can be made of beside its method, as data: names, papers, and what their number is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.keypoint_matchers import Matcher


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
COMPARED = "pictures compared, the best of the ranking before"

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
    StepInfo(
        "mse", Shelf.PIXELS, "Re-ranking by mean squared error, aligned", "Gonzalez and Woods, 2002", COMPARED, 10
    ),
    StepInfo("psnr", Shelf.PIXELS, "Re-ranking by peak signal-to-noise ratio, aligned", "Huynh-Thu 2008", COMPARED, 10),
    StepInfo(
        "ssim",
        Shelf.PIXELS,
        "Re-ranking by structural similarity, aligned",
        "Wang et al., Image Quality Assessment: From Error Visibility to Structural Similarity, TIP 2004",
        COMPARED,
        10,
    ),
    StepInfo(
        "lightglue",
        Shelf.KEYPOINTS,
        "Re-ranking by ALIKED keypoints that LightGlue matches",
        "Lindenberger et al., LightGlue: Local Feature Matching at Light Speed, ICCV 2023",
        COMPARED,
        10,
    ),
)

STEPS: Mapping[str, StepInfo] = MappingProxyType({step.name: step for step in _ALL})
"""The steps that have names of their own; the name of any local method is a step as well."""

MATCHED_BY: Mapping[str, tuple[str, Matcher]] = MappingProxyType({"lightglue": ("aliked", Matcher.LIGHTGLUE)})
"""For steps called after a matcher: the local method whose keypoints it is given, and the matcher."""

VERIFIER = "sift"
"""The local method whose keypoints align pictures and confirm neighbours."""

VOTED = 10
"""Pictures that a local method confirms by geometry after its keypoints have voted."""

RECIPES: Mapping[str, str] = MappingProxyType({"histogram-then-keypoints": "gray-histogram+sift@10"})
"""Specifications that have a name."""
