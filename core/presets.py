"""The three presets of the cascade. A preset is data: what is computed, how generous the nomination is, who decides."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from core.features.base import REGIONS, Kind, MethodInfo, Metric
from core.records import MethodError

OWN = "twinsight-copy"
"""The descriptor that ships, for which the thresholds are set."""
LEVEL = 0.38
"""The cosine similarity by it at which other descriptors are held against it; one of the thresholds below."""
_DIVIDER = ":"


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

    def name_by(self, descriptor: str) -> str:
        """The name of this preset with another descriptor, as ``core.preset_names.named`` takes it."""
        return f"{self.name}{_DIVIDER}{descriptor}"

    def by(self, info: MethodInfo) -> Preset:
        """The preset with another descriptor in place of its own, and with thresholds that say as much by it.

        Raises:
            MethodError: The method cannot nominate, or this preset has no use for a descriptor.
        """
        if self.descriptor is None:
            raise MethodError(f"The preset {self.name} uses no descriptor; choose another preset for {info.name}.")
        if (info.kind, info.metric, info.family) != (Kind.GLOBAL, Metric.COSINE, "deep"):
            raise MethodError(f"{info.name} cannot take the place of {self.descriptor}: it is no learned descriptor.")
        stretch = (1 - info.threshold) / (1 - LEVEL) if info.threshold else 1.0
        region_threshold = self.region_threshold if info.regions else None
        return replace(
            self,
            name=self.name_by(info.name),
            descriptor=info.name,
            threshold=1 - (1 - self.threshold) * stretch,
            region_threshold=None if region_threshold is None else 1 - (1 - region_threshold) * stretch,
        )


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
        descriptor=OWN,
        threshold=LEVEL,
        neighbours=10,
        verifier="orb",
    ),
    Preset(
        "thorough",
        "Thorough",
        "Also small parts, collages and pasted pictures, with stronger keypoints where it is close.",
        descriptor=OWN,
        threshold=0.36,
        neighbours=15,
        region_threshold=0.36,
        verifier="orb",
        second_verifier="sift",
    ),
)

PRESETS: Mapping[str, Preset] = MappingProxyType({preset.name: preset for preset in _ALL})


def base_name(name: str) -> str:
    """The name of a preset without the descriptor that may stand with it ("balanced:my-copies")."""
    return name.partition(_DIVIDER)[0]


def descriptor_name(name: str) -> str:
    """The name of the descriptor that stands with that of a preset, or ""."""
    return name.partition(_DIVIDER)[2]


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
