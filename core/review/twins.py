"""Twins: members of a group that are one file twice, or show the same picture to the last pixel.

Whatever a picture is to the representative, be it a crop or another shot: of two that show nothing of their own one
is enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from core.records import ImageRecord, Member
from core.review.keep_rules import REMOVABLE, decide


def key(member: Member) -> str:
    """The same for twins."""
    return member.pixels or member.record.content


def are(member: Member, other: Member) -> bool:
    """Whether two members are twins."""
    return key(member) == key(other)


def sets(members: Iterable[Member]) -> list[list[Member]]:
    """The members that have twins, those that are twins of each other together, each in the order given."""
    found: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        found[key(member)].append(member)
    return [twins for twins in found.values() if len(twins) > 1]


def words(record: ImageRecord, twin: ImageRecord) -> str:
    """Why a file can go for its twin ("the same bytes as a.jpg")."""
    what = "bytes" if record.content == twin.content else "pixels"
    return f"the same {what} as {name_beside(twin.path, record.path)}"


def name_beside(path: Path, other: Path) -> str:
    """The name of a file, with its folder where another one has the same name."""
    return path.name if path.name != other.name else f"{path.parent.name}/{path.name}"


def without_spares(members: Sequence[Member]) -> tuple[Member, ...]:
    """The members; of those that are kept only for what they are to the representative, one of each is kept."""
    first: dict[str, ImageRecord] = {}
    found = []
    for member in members:
        twin = first.get(key(member))
        if member.keep and twin is not None:
            member = replace(member, keep=False, why=words(member.record, twin))
        elif member.keep:
            first[key(member)] = member.record
        found.append(member)
    return tuple(found)


def with_lone_ones(members: Sequence[Member]) -> tuple[Member, ...]:
    """The members, some of which may have lost the twin that they could go for; of each one is kept again."""
    kept = {key(member) for member in members if member.keep}
    head = members[0].record
    found = []
    for member in members:
        if not member.keep and member.relation not in REMOVABLE and key(member) not in kept:
            keep, why = decide(head, member.record, member.relation)
            member = replace(member, keep=keep, why=why)
            kept.add(key(member))
        found.append(member)
    return tuple(found)
