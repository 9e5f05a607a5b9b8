"""How the keep rules compare the files of a group, and how they say it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from core.records import Member, Relation
from core.review.rules import Rule, RuleKind
from core.review.traits import Traits

_UNKNOWN_QUALITY = 75
_LOSSLESS_QUALITY = 101
_ORIGINS = ("a format for passing on", "a camera's format", "as a camera wrote it", "camera RAW")
_LEAST_SHARE = 0.02
_NOTHING = Traits()


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules may look at besides the members.

    Attributes:
        traits: What the headers of files tell, by path.
        protected: Folders in which nothing goes.
    """

    traits: Mapping[Path, Traits]
    protected: tuple[Path, ...]

    def of(self, member: Member) -> Traits:
        """The traits of a member; those of a file that was not read tell nothing."""
        return self.traits.get(member.record.path, _NOTHING)

    def pixels(self, member: Member) -> int:
        """How many pixels a member has, those that enlarging made up not counted."""
        own = member.record.width * member.record.height
        return min(own, self.of(member).filled or own)

    def is_enlarged(self, member: Member) -> bool:
        """Whether a member is known to be an enlargement of another."""
        return self.pixels(member) < member.record.width * member.record.height

    def protecting(self, path: Path) -> Path | None:
        """The protected folder that a file lies in, or None."""
        return next((folder for folder in self.protected if path.is_relative_to(folder)), None)


def rank(member: Member, rule: Rule, known: Known) -> float:
    """How well a file does by a rule; more is better, and equal values leave it to the next rule."""
    record = member.record
    match rule.kind:
        case RuleKind.COVERS_MOST:
            return shown_share(member)
        case RuleKind.PROTECTED:
            return known.protecting(record.path) is not None
        case RuleKind.MOST_PIXELS:
            return known.pixels(member)
        case RuleKind.LEAST_COMPRESSED:
            return known.of(member).quality or _UNKNOWN_QUALITY
        case RuleKind.ORIGINAL_FORMAT:
            return known.of(member).origin
        case RuleKind.RICHEST_METADATA:
            return len(known.of(member).written)
        case RuleKind.FOLDER:
            return record.path.is_relative_to(Path(rule.value).expanduser())
        case RuleKind.OLDEST:
            return -int(record.modified)
        case RuleKind.NEWEST:
            return int(record.modified)
        case RuleKind.SHORTEST_NAME:
            return -len(record.path.name)
        case RuleKind.PATTERN:
            return fnmatchcase(str(record.path), rule.value)


def words(rule: Rule, better: Member, worse: Member, known: Known) -> str:
    """Why a rule prefers one file to another ("4000 x 3000 against 1600 x 1200")."""
    text = _words(rule, better, worse, known)
    if known.is_enlarged(worse) and rule.kind not in (RuleKind.COVERS_MOST, RuleKind.PROTECTED):
        text += f"; {_size(worse)} was enlarged from fewer pixels"
    return text


def _words(rule: Rule, better: Member, worse: Member, known: Known) -> str:
    one, other = known.of(better), known.of(worse)
    match rule.kind:
        case RuleKind.COVERS_MOST:
            return "shows more of the scene"
        case RuleKind.PROTECTED:
            return f"in the protected folder {known.protecting(better.record.path)}"
        case RuleKind.MOST_PIXELS:
            return f"{_size(better)} against {_size(worse)}"
        case RuleKind.LEAST_COMPRESSED:
            return f"{_quality(one)} against {_quality(other)}"
        case RuleKind.ORIGINAL_FORMAT:
            return f"{_ORIGINS[one.origin]}, not {_ORIGINS[other.origin]}"
        case RuleKind.RICHEST_METADATA:
            return f"has {_listed(one.written)}, the other {_listed(other.written)}"
        case RuleKind.FOLDER:
            return f"in {rule.value}"
        case RuleKind.OLDEST:
            return f"older: {_moment(better)} against {_moment(worse)}"
        case RuleKind.NEWEST:
            return f"newer: {_moment(better)} against {_moment(worse)}"
        case RuleKind.SHORTEST_NAME:
            return f"a shorter name than {worse.record.path.name}"
        case RuleKind.PATTERN:
            return f"its path matches {rule.value}"


def shown_share(member: Member) -> float:
    """How much of the scene a member shows; 1 for as much as the representative does."""
    evidence = member.evidence
    if member.relation is not Relation.CROP or evidence is None:
        return 1.0
    if evidence.coverage_a < evidence.coverage_b:
        return max(_LEAST_SHARE, round(evidence.coverage_a, 2))
    return 1.0 / max(_LEAST_SHARE, round(evidence.coverage_b, 2))


def _size(member: Member) -> str:
    return f"{member.record.width} x {member.record.height}"


def _quality(traits: Traits) -> str:
    if traits.quality is None:
        return "unknown quality"
    return "no loss" if traits.quality == _LOSSLESS_QUALITY else f"JPEG quality {traits.quality}"


def _listed(written: tuple[str, ...]) -> str:
    return ", ".join(written) if written else "no metadata"


def _moment(member: Member) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(member.record.modified))
