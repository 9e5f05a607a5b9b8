"""Keep rules: in which order the files of a group are preferred, as data that people put in order and save."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.records import Relation, ReviewError

ON_REQUEST = frozenset({Relation.EDITED, Relation.CROP})
"""Relations whose members are only chosen for removal when a person asks for that kind."""


class RuleKind(StrEnum):
    """What a rule looks at; stable strings."""

    COVERS_MOST = "covers-most"
    PROTECTED = "protected"
    MOST_PIXELS = "most-pixels"
    LEAST_COMPRESSED = "least-compressed"
    ORIGINAL_FORMAT = "original-format"
    RICHEST_METADATA = "richest-metadata"
    FOLDER = "folder"
    OLDEST = "oldest"
    NEWEST = "newest"
    SHORTEST_NAME = "shortest-name"
    PATTERN = "pattern"

    @property
    def label(self) -> str:
        """The rule in words, for a list."""
        return _LABELS[self]

    @property
    def takes_value(self) -> bool:
        """Whether the rule needs a folder or a pattern."""
        return self in (RuleKind.FOLDER, RuleKind.PATTERN)

    @property
    def reads_file(self) -> bool:
        """Whether the rule needs what ``read_traits`` tells."""
        return self in (RuleKind.LEAST_COMPRESSED, RuleKind.ORIGINAL_FORMAT, RuleKind.RICHEST_METADATA)


_LABELS = {
    RuleKind.COVERS_MOST: "Shows most of the scene",
    RuleKind.PROTECTED: "Lies in a protected folder",
    RuleKind.MOST_PIXELS: "Has the most pixels",
    RuleKind.LEAST_COMPRESSED: "Is the least compressed",
    RuleKind.ORIGINAL_FORMAT: "Has its original format",
    RuleKind.RICHEST_METADATA: "Has the richest metadata",
    RuleKind.FOLDER: "Lies in this folder",
    RuleKind.OLDEST: "Is the oldest file",
    RuleKind.NEWEST: "Is the newest file",
    RuleKind.SHORTEST_NAME: "Has the shortest name",
    RuleKind.PATTERN: "Has a path that matches",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; as text "most-pixels", "folder:/home/me/Best" or "pattern:*/Originals/*".

    Attributes:
        kind: What it looks at.
        value: The folder or the pattern, where the kind takes one.
    """

    kind: RuleKind
    value: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}" if self.value else str(self.kind)

    @classmethod
    def parse(cls, text: str) -> Rule:
        """A rule from its text.

        Raises:
            ReviewError: There is no such rule, or its folder or pattern is missing.
        """
        name, _, value = text.strip().partition(":")
        if name not in {str(kind) for kind in RuleKind}:
            known = ", ".join(RuleKind)
            raise ReviewError(f"There is no keep rule {name!r}; the rules are {known}.")
        kind = RuleKind(name)
        if kind.takes_value != bool(value):
            need = "needs a value after a colon" if kind.takes_value else "takes no value"
            raise ReviewError(f"The keep rule {name!r} {need}.")
        return cls(kind, value)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules in the order they are asked; the first that tells two files apart decides.

    Attributes:
        rules: The rules.
        also: Which of ``ON_REQUEST`` are chosen for removal too.
    """

    rules: tuple[Rule, ...]
    also: frozenset[Relation] = frozenset()

    def __post_init__(self) -> None:
        never = self.also - ON_REQUEST
        if never:
            raise ReviewError(f"Pictures that are {min(never)} are never chosen for removal by a rule.")

    @property
    def reads_files(self) -> bool:
        """Whether a rule needs the headers of files."""
        return any(rule.kind.reads_file for rule in self.rules)

    @classmethod
    def of(cls, *texts: str) -> RuleSet:
        """A rule set from the texts of its rules."""
        return cls(tuple(Rule.parse(text) for text in texts))


PRESETS: Mapping[str, RuleSet] = MappingProxyType(
    {
        "best": RuleSet.of(
            "covers-most",
            "protected",
            "most-pixels",
            "original-format",
            "least-compressed",
            "richest-metadata",
            "oldest",
            "shortest-name",
        ),
        "originals": RuleSet.of(
            "covers-most",
            "protected",
            "original-format",
            "richest-metadata",
            "most-pixels",
            "least-compressed",
            "oldest",
            "shortest-name",
        ),
        "oldest": RuleSet.of("covers-most", "protected", "oldest", "most-pixels", "shortest-name"),
        "newest": RuleSet.of("covers-most", "protected", "newest", "most-pixels", "shortest-name"),
        "quick": RuleSet.of("covers-most", "protected", "most-pixels", "oldest", "shortest-name"),
    }
)
"""Rule sets that are always there; "quick" reads no files."""

DEFAULT = "best"
