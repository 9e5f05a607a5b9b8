"""Which pictures of a group were only enlarged, for the rule that prefers the most pixels.

A picture has to be decoded at full size to be told from an enlargement of it, so only those are that would be kept
for their pixels and that another one would win against otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.enlargement import LEAST_FACTOR, fills
from core.events import Progress
from core.images import Limits
from core.indexing import worker_count
from core.records import Member
from core.review.comparing import Known, rank
from core.review.rules import RuleKind, RuleSet
from core.review.traits import Traits
from core.stopwatch import Stage
from core.workers import WorkerTeam


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A picture that may have been enlarged, and the sizes of copies that it may come from."""

    path: Path
    sizes: tuple[tuple[int, int], ...]


def look_closer(
    rivals: Sequence[Sequence[Member]], rules: RuleSet, traits: Mapping[Path, Traits], limits: Limits | None = None
) -> Iterator[Progress | tuple[Path, Traits]]:
    """Decode pictures that may have been enlarged, until what would be kept for its pixels is known to hold them.

    Args:
        rivals: For each group the members between which the rules decide.
        rules: The rules.
        traits: What the headers tell, by path.
        limits: What is too large to decode.

    Yields:
        Progress, and the traits of each picture that was looked at, now with ``filled``.
    """
    if not any(rule.kind is RuleKind.MOST_PIXELS for rule in rules.rules):
        return
    found = dict(traits)
    known = Known(found, ())
    stage = Stage("Looking for enlarged copies")
    done = 0
    while suspects := {each.path: each for members in rivals if (each := _suspect(members, rules, known)) is not None}:
        for path, filled in _looked_at(list(suspects.values()), limits or Limits()):
            found[path] = replace(found[path], filled=filled)
            yield path, found[path]
            done += 1
            if stage.due():
                yield stage.progress(done, None)


def _suspect(members: Sequence[Member], rules: RuleSet, known: Known) -> _Suspect | None:
    """The member that the rules prefer, if that hangs on pixels that it may not have; None if not."""
    if len(members) < 2:
        return None
    place = next(number for number, rule in enumerate(rules.rules) if rule.kind is RuleKind.MOST_PIXELS)

    def standing(member: Member) -> list[float]:
        return [float(rank(member, rule, known)) for rule in rules.rules]

    best = max(members, key=standing)
    if best.record.path not in known.traits or known.of(best).filled is not None:
        return None
    first = standing(best)
    others = [(member, standing(member)) for member in members if member is not best]
    sizes = {
        (member.record.width, member.record.height)
        for member, ranks in others
        if ranks[:place] == first[:place] and ranks[place + 1 :] > first[place + 1 :]
        if _pixels(best) >= LEAST_FACTOR**2 * _pixels(member)
    }
    return _Suspect(best.record.path, tuple(sorted(sizes))) if sizes else None


def _looked_at(suspects: Sequence[_Suspect], limits: Limits) -> Iterator[tuple[Path, int]]:
    """How many pixels the detail of each fills; 0, which is any number, of those that cannot be read."""
    with WorkerTeam(fills, min(worker_count(None), len(suspects))) as team:
        for number, suspect in enumerate(suspects):
            team.submit(number, suspect.path, suspect.sizes, limits)
        while team.pending:
            for outcome in team.collect():
                assert isinstance(outcome.key, int)
                yield suspects[outcome.key].path, outcome.value or 0


def _pixels(member: Member) -> int:
    return member.record.width * member.record.height
