"""The three presets of the cascade. A preset is data: what is computed, how generous the nomination is, who decides."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.features.base import REGIONS
from core.records import MethodError


@dataclass(frozen=True, slots=True)
class Preset:
    """One setting of the cascade.

    Attributes:
        name: Stable name at the command line.
        title: The name for people.
        description: One sentence on what it finds and what it costs.
        hash_radius: Largest Hamming distance of two PDQ hashes that nominates a pair.
        descriptor: Method whose similarity nominates pairs, or None.
        threshold: Least cosine similarity that nominates a pair.
        neighbours: Most pairs that one picture nominates.
        region_threshold: Least cosine similarity of a region of one picture with the whole of another that nominates
            a pair, or None to leave regions out.
        verifier: Local method whose keypoints decide, or None.
        second_verifier: Stronger local method, asked where the first was undecided, or None.
    """

    name: str
    title: str
    description: str
    hash_radius: int = 38
    descriptor: str | None = None
    threshold: float = 0.0
    neighbours: int = 0
    region_threshold: float | None = None
    verifier: str | None = None
    second_verifier: str | None = None

    @property
    def verifiers(self) -> tuple[str, ...]:
        """The local methods that decide, cheapest first."""
        return tuple(name for name in (self.verifier, self.second_verifier) if name is not None)

    @property
    def methods(self) -> tuple[str, ...]:
        """The registered methods that every picture is described with; keypoints wait until a pair asks for them."""
        names = ("pdq", self.descriptor, self.regions)
        return tuple(name for name in names if name is not None)

    @property
    def regions(self) -> str | None:
        """The name under which regions are described, or None."""
        if self.descriptor is None or self.region_threshold is None:
            return None
        return self.descriptor + REGIONS


_ALL = (
    Preset(
        "fast",
        "Fast",
        "Same bytes, same pixels and near-identical pictures, also turned and mirrored.",
    ),
    Preset(
        "balanced",
        "Balanced",
        "Also crops, overlays, borders and strong edits, each proved by keypoints.",
        descriptor="twinsight-copy",
        threshold=0.38,
        neighbours=10,
        verifier="orb",
    ),
    Preset(
        "thorough",
        "Thorough",
        "Also small parts, collages and pasted pictures, with stronger keypoints where it is close.",
        descriptor="twinsight-copy",
        threshold=0.36,
        neighbours=15,
        region_threshold=0.36,
        verifier="orb",
        second_verifier="sift",
    ),
)

PRESETS: Mapping[str, Preset] = MappingProxyType({preset.name: preset for preset in _ALL})


def preset(name: str) -> Preset:
    """The preset of that name.

    Raises:
        MethodError: There is none; the message names the nearest.
    """
    if name in PRESETS:
        return PRESETS[name]
    near = difflib.get_close_matches(name, PRESETS, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(PRESETS)}."
    raise MethodError(f"There is no preset {name!r}; {hint}")
