"""From bonds to groups: stars around a representative, never chains.

The representative is the copy from which the others can come. Every member has its own verdict against it; what is
connected only through others is asked about directly, with the view that the chain implies, and forms a group of
its own where the answer is no.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from core import relations
from core.bonds import Bonds
from core.collages import as_composite, find_collages, shown_by
from core.events import Event
from core.geometry import Size
from core.records import Relation
from core.stopwatch import Stage
from core.verdict import Verdict
from core.verdicts import Judgement, Question

_ROUNDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Star:
    """A group by places of contents.

    Attributes:
        centre: The representative.
        members: Verdicts that tie the others to it, in order of their places, each from whichever side it was given.
    """

    centre: int
    members: dict[int, Verdict] = field(default_factory=dict)


def make_stars(
    bonds: Bonds, ranks: Sequence[int], sizes: Sequence[Size], court: Judgement, stage: Stage
) -> Iterator[Event | list[Star]]:
    """Form the groups, asking the court about members that are only tied through others.

    Args:
        bonds: What is known to belong together.
        ranks: How good each content is as a representative, larger is better.
        sizes: Width and height of each content.
        court: Who decides.
        stage: The stage that reports progress.

    Yields:
        Progress, and at last the stars.
    """
    collages = _set_apart(bonds, sizes)
    waiting = bonds.sets()
    stars: list[Star] = []
    for _ in range(_ROUNDS):
        begun = [_begin(group, bonds, ranks) for group in waiting]
        questions = [question for star, rest in begun for question in _about(star, rest, bonds)]
        yield from court.decide(questions, stage, 0, len(questions))
        for star, rest in begun:
            _take_answers(star, rest, court)
        stars += [star for star, _ in begun if star.members]
        waiting = [left for star, rest in begun for left in _left_over(star, rest, bonds)]
        if not waiting:
            break
    yield from _attach(stars, bonds.composites, court, stage)
    _attach_scenes(stars, bonds.scenes)
    _name_collages(stars, collages, sizes)
    yield sorted(stars, key=lambda star: star.centre)


def _set_apart(bonds: Bonds, sizes: Sequence[Size]) -> set[int]:
    """Find collages whose seams nobody saw; what they show is in them, and they join none of it."""
    collages = find_collages(bonds, sizes)
    shown = [edge for place in sorted(collages) for edge in shown_by(place, bonds)]
    if shown:
        bonds.loosen(shown)
        for edge in shown:
            bonds.add(as_composite(edge, sizes[edge.first]))
    return collages


def _name_collages(stars: Sequence[Star], collages: set[int], sizes: Sequence[Size]) -> None:
    """Call a collage in the group of what it shows a composite, whatever the judge called it."""
    for star in stars:
        for place, verdict in star.members.items():
            if place in collages and verdict.relation is Relation.CROP:
                star.members[place] = as_composite(verdict, sizes[verdict.first])


def _begin(group: Sequence[int], bonds: Bonds, ranks: Sequence[int]) -> tuple[Star, list[int]]:
    """A star with the members that are tied to its centre directly, and the rest."""
    centre = _representative(group, bonds, ranks)
    star = Star(centre)
    rest = []
    for place in group:
        edge = bonds.edge(centre, place)
        if edge is not None:
            star.members[place] = edge
        elif place != centre:
            rest.append(place)
    return star, rest


def _representative(group: Sequence[int], bonds: Bonds, ranks: Sequence[int]) -> int:
    """The content from which most others can come: no composite, shows most, has no border, then by rank."""
    inside = set(group)
    wholes = {part_and_whole(tie)[1] for tie in bonds.composites}
    standing = dict.fromkeys(group, 0)
    for place in group:
        for neighbour in bonds.neighbours(place):
            edge = bonds.edge(place, neighbour)
            if neighbour in inside and edge is not None and edge.first == place:
                first, second = _points(edge)
                standing[place] += first
                standing[neighbour] += second
    return max(group, key=lambda place: (place not in wholes, standing[place], ranks[place]))


def _points(edge: Verdict) -> tuple[int, int]:
    """What a verdict adds to the standing of its two pictures: who shows more gains, who only has a border loses."""
    whole_a = edge.evidence.coverage_a >= relations.WHOLE
    whole_b = edge.evidence.coverage_b >= relations.WHOLE
    if edge.relation is Relation.CROP and whole_a != whole_b:
        return (1, -1) if whole_b else (-1, 1)
    if edge.relation is Relation.EDITED and whole_a != whole_b:
        return (1, -1) if whole_a else (-1, 1)
    return (0, 0)


def _about(star: Star, rest: Sequence[int], bonds: Bonds) -> list[Question]:
    """Questions about the members that are tied to the centre through others only."""
    if not rest:
        return []
    views = bonds.views_from(star.centre, {star.centre, *star.members, *rest})
    questions = []
    for place in rest:
        view = views.get(place)
        guess = None if view is None else tuple((view / np.linalg.norm(view)).ravel().tolist())
        questions.append(_question(star.centre, place, guess))
    return questions


def _question(centre: int, place: int, guess: tuple[float, ...] | None) -> Question:
    if centre < place or guess is None:
        return Question(min(centre, place), max(centre, place), None, guess)
    try:
        back = np.linalg.inv(np.array(guess).reshape(3, 3))
    except np.linalg.LinAlgError:
        return Question(place, centre)
    return Question(place, centre, None, tuple((back / np.linalg.norm(back)).ravel().tolist()))


def _take_answers(star: Star, rest: list[int], court: Judgement) -> None:
    """Make members of those whose answer was yes, and leave the others in ``rest``."""
    for place in list(rest):
        answer = court.verdict(min(star.centre, place), max(star.centre, place))
        if answer.is_copy:
            star.members[place] = answer
            rest.remove(place)


def _left_over(star: Star, rest: Sequence[int], bonds: Bonds) -> list[list[int]]:
    """Groups among those that are no members, each with the contents it was tied through."""
    groups: list[list[int]] = []
    left = set(rest)
    while left:
        start = min(left)
        group, waiting = {start}, [start]
        while waiting:
            for neighbour in bonds.neighbours(waiting.pop()):
                if neighbour in left and neighbour not in group:
                    group.add(neighbour)
                    waiting.append(neighbour)
        left -= group
        if len(group) == 1:
            # Alone it is a pair with whatever ties it to the others.
            group.update(list(bonds.neighbours(start))[:1])
        if len(group) > 1:
            groups.append(sorted(group))
    return groups


def _attach(stars: list[Star], composites: Sequence[Verdict], court: Judgement, stage: Stage) -> Iterator[Event]:
    """Add composites to the groups of the pictures that they show; one may stand in several."""
    homes = _homes(stars)
    wanted: set[tuple[int, int]] = set()
    for tie in sorted(composites, key=lambda verdict: (verdict.first, verdict.second)):
        part, whole = part_and_whole(tie)
        for star in homes.get(part) or [_new_star(stars, homes, part)]:
            if star.centre == part:
                star.members.setdefault(whole, tie)
            elif whole != star.centre and whole not in star.members:
                wanted.add((star.centre, whole))
    questions = [Question(min(pair), max(pair)) for pair in sorted(wanted)]
    yield from court.decide(questions, stage, 0, len(questions))
    by_centre = {star.centre: star for star in stars}
    for centre, whole in sorted(wanted):
        answer = court.verdict(min(centre, whole), max(centre, whole))
        if answer.is_copy:
            by_centre[centre].members.setdefault(whole, answer)


def _attach_scenes(stars: list[Star], scenes: Sequence[Verdict]) -> None:
    """Add other shots of a scene to the group of the picture they were compared with, or start one."""
    homes = _homes(stars)
    for tie in sorted(scenes, key=lambda verdict: (verdict.first, verdict.second)):
        at_first, at_second = (
            [star for star in homes.get(place, []) if star.centre == place] for place in (tie.first, tie.second)
        )
        if tie.first not in homes and tie.second not in homes:
            _new_star(stars, homes, tie.first).members[tie.second] = tie
        for star in at_first:
            star.members.setdefault(tie.second, tie)
        for star in at_second:
            star.members.setdefault(tie.first, tie)


def _homes(stars: Sequence[Star]) -> dict[int, list[Star]]:
    """The groups in which each content stands."""
    homes: dict[int, list[Star]] = {}
    for star in stars:
        for place in (star.centre, *star.members):
            homes.setdefault(place, []).append(star)
    return homes


def _new_star(stars: list[Star], homes: dict[int, list[Star]], centre: int) -> Star:
    star = Star(centre)
    stars.append(star)
    homes.setdefault(centre, []).append(star)
    return star


def part_and_whole(tie: Verdict) -> tuple[int, int]:
    """The picture that is shown, and the composite that shows it among other things."""
    if tie.evidence.coverage_a < tie.evidence.coverage_b:
        return tie.second, tie.first
    return tie.first, tie.second
