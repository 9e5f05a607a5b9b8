"""What is left of a group once some of its files are out of it: gone from the disk, or parted by a person."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import replace
from pathlib import Path

from core.records import Group, Member, Relation
from core.review import twins
from core.review.keep_rules import REMOVABLE


def remaining(group: Group, gone: Container[Path]) -> Group | None:
    """The group without files that are gone; None where no two are left that are copies of each other."""
    stays = [member for member in group.members if member.record.path not in gone]
    if len(stays) == len(group.members):
        return group
    if group.representative.record.path in gone:
        stays = under_a_new_head(group, lambda member: member.record.path not in gone)
    return Group(group.id, twins.with_lone_ones(stays)) if len(stays) > 1 else None


def under_a_new_head(group: Group, stays: Callable[[Member], bool]) -> list[Member]:
    """The members that stay, under the first of them, until the next scan compares them with each other.

    Only one that shows all that the old representative showed can stand for it: two crops of one picture need not
    have anything in common. Without such a one nobody is left.
    """
    others = [member for member in group.members if stays(member)]
    if len(others) < 2 or others[0].relation not in REMOVABLE:
        return []
    head = replace(others[0], relation=Relation.SAME_FILE, score=1.0, evidence=None, words="representative")
    return [replace(head, keep=True, why="kept: the first of those that are left"), *others[1:]]
