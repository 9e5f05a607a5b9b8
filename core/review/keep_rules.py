"""Which member of a group is kept by default, and why."""

from __future__ import annotations

from core.records import ImageRecord, Relation

REMOVABLE = frozenset({Relation.SAME_FILE, Relation.SAME_PIXELS, Relation.RE_ENCODED})
"""Relations whose members may be chosen for removal without a person asking for it."""


def decide(representative: ImageRecord, member: ImageRecord, relation: Relation) -> tuple[bool, str]:
    """Whether a member of a group is kept, and why in one line.

    A picture that shows anything else than the representative is kept unless a person decides otherwise.
    """
    if relation not in REMOVABLE:
        return True, f"kept: {_KEPT[relation]}"
    if relation is Relation.SAME_FILE:
        return False, f"the same bytes as {representative.path.name}"
    if relation is Relation.SAME_PIXELS:
        return False, f"the same pixels as {representative.path.name}"
    if member.width * member.height < representative.width * representative.height:
        return False, f"smaller: {_size(member)} against {_size(representative)}"
    return False, f"re-encoded from the same picture as {representative.path.name}"


def why_representative(record: ImageRecord) -> str:
    """Why the representative is kept."""
    return f"kept: the best copy, {_size(record)}"


def _size(record: ImageRecord) -> str:
    return f"{record.width} x {record.height}"


_KEPT = {
    Relation.EDITED: "it was edited",
    Relation.CROP: "it shows another part",
    Relation.COMPOSITE: "it shows other pictures too",
    Relation.SAME_SCENE: "it is another shot",
    Relation.SIMILAR: "it only looks alike",
}
