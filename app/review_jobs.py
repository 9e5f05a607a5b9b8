"""What the review lane does: generators that import what they need when they are first pulled.

They yield the engine's events, and between them the few of their own that are defined here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.review_work import Terms
from core.events import Progress
from core.records import Group

if TYPE_CHECKING:
    from core._catalog_journal import Operation
    from core.catalog import Catalog
    from core.review.arranging import Arrangement
    from core.review.choosing import Choice
    from core.review.outcomes import Outcome
    from core.review.planning import PlanOptions
    from core.review.traits import Traits
    from core.review.values import Plan


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """How a group stands by the rules alone; ``shown`` is None where nothing is left to decide."""

    group: str
    shown: Group | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """The plan is made; nothing is touched yet."""

    plan: Plan


@dataclass(frozen=True, slots=True, eq=False)
class Reported:
    """What came of a clean-up, by the journal."""

    operation: Operation
    outcomes: tuple[Outcome, ...]


def choosing(catalog: Catalog, groups: Sequence[Group], terms: Terms, known: Mapping[Path, Traits]) -> Iterator[object]:
    """Hold groups against the decisions and the rules: at once by what is known, then by what files say of themselves.

    Yields:
        Chosen for each group, Progress and TraitsRead while headers are read, then Chosen for each group again.
    """
    from core.review.choosing import TraitsRead, gather

    traits = dict(known)
    arrangement = _arrangement(catalog, terms)
    shown = {group.id: arrange(arrangement, group) for group in groups}
    yield from _chosen(shown, terms, traits)
    fresh = False
    for event in gather([group for group in shown.values() if group], terms.rules, traits):
        if isinstance(event, TraitsRead):
            traits[event.path] = event.traits
            fresh = True
        yield event
    if fresh:
        yield from _chosen(shown, terms, traits)


def _arrangement(catalog: Catalog, terms: Terms) -> Arrangement:
    from core.review.arranging import Arrangement
    from core.review.decisions import Decisions

    return Arrangement(Decisions(catalog).decided(), terms.scope, terms.protected)


def arrange(arrangement: Arrangement, group: Group) -> Group | None:
    """A group after all decisions and within the scope, or None where nothing is left to decide."""
    parted = arrangement.decided.without_parted(group)
    return None if parted is None else arrangement.of(parted)


def arranged(catalog: Catalog, group: Group, terms: Terms) -> Group | None:
    """One group after the decisions as they are now."""
    return arrange(_arrangement(catalog, terms), group)


def _chosen(shown: Mapping[str, Group | None], terms: Terms, traits: Mapping[Path, Traits]) -> Iterator[Chosen]:
    from core.review.choosing import choose

    for identifier, group in shown.items():
        choices = () if group is None else choose(group, terms.rules, traits, {}, terms.protected, terms.scope)
        yield Chosen(identifier, group, choices)


def planning(
    catalog: Catalog, chosen: Sequence[tuple[Group, Sequence[Choice]]], options: PlanOptions
) -> Iterator[object]:
    """Make a plan and rehearse it; touches nothing.

    Yields:
        Planned, then what ``rehearse`` yields: Left for each file that would stay, and ReviewDone.
    """
    from core.review.planning import make_plan

    yield Progress("Planning", 0, None, 0.0)
    plan = make_plan(catalog, chosen, options)
    yield Planned(plan)
    yield from _rehearsing(catalog, plan)


def taking_up(catalog: Catalog, path: Path) -> Iterator[object]:
    """Read a plan that was written to a file, and rehearse it; it may reach no further than the libraries.

    Yields:
        What ``planning`` yields.
    """
    from core.review.confinement import check_confined
    from core.review.plan_file import read_plan

    plan = read_plan(path)
    check_confined(plan, [info.folder for info in catalog.libraries()])
    yield Planned(plan)
    yield from _rehearsing(catalog, plan)


def _rehearsing(catalog: Catalog, plan: Plan) -> Iterator[object]:
    from core.review.applying import rehearse

    yield from rehearse(catalog, plan)


def applying(catalog: Catalog, plan: Plan, confirmation: str) -> Iterator[object]:
    """Carry a plan out."""
    yield Progress("Cleaning up", 0, None, 0.0)
    from core.review.applying import apply_plan

    yield from apply_plan(catalog, plan, confirmation)


def resuming(catalog: Catalog, operation: int) -> Iterator[object]:
    """Go on with a clean-up that was cut off."""
    yield Progress("Cleaning up", 0, None, 0.0)
    from core.review.applying import resume

    yield from resume(catalog, operation)


def undoing(catalog: Catalog, operation: int) -> Iterator[object]:
    """Take a clean-up back."""
    yield Progress("Undoing", 0, None, 0.0)
    from core.review.undoing import undo

    yield from undo(catalog, operation)


def reporting(catalog: Catalog, operation: int | None, since: float) -> Iterator[Reported]:
    """What the journal says of a clean-up.

    Args:
        catalog: Has the journal.
        operation: Its number; None for the last one.
        since: Seconds since the epoch; a last one that began before then is another one, and nothing is said of it.
    """
    from core.review.applying import operations
    from core.review.outcomes import outcomes

    number = operation
    if number is None:
        number = next((found.id for found in operations(catalog)[:1] if found.started >= since), None)
    if number is not None:
        yield Reported(*outcomes(catalog, number))
