"""Plans of one's own, carried out to the end; no tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from core.catalog import Catalog
from core.describing import DIGEST_SIZE
from core.records import Relation
from core.review.applying import apply_plan
from core.review.files import Files
from core.review.undoing import undo
from core.review.values import Action, Plan, PlanItem, ReviewDone, ReviewEvent, ReviewSummary


def digest(data: bytes) -> str:
    """Digest of a file's bytes, as the catalog has it."""
    return hashlib.blake2b(data, digest_size=DIGEST_SIZE).hexdigest()


def item(path: Path, survivor: Path, root: Path, action: Action = Action.TRASH) -> PlanItem:
    """A file that goes for another one, as both are now."""
    content, kept = digest(path.read_bytes()), digest(survivor.read_bytes())
    relation = Relation.SAME_FILE if content == kept else Relation.RE_ENCODED
    return PlanItem(path, content, path.stat().st_size, survivor, kept, "group", relation, "why", root, action)


def plan(*items: PlanItem, destination: Path | None = None) -> Plan:
    """A plan with the action of its first item."""
    return Plan(items[0].action, items, destination)


def done(events: Iterable[ReviewEvent]) -> ReviewSummary:
    """What a clean-up or an undo ended with."""
    return next(event.summary for event in list(events) if isinstance(event, ReviewDone))


def carry_out(catalog: Catalog, what: Plan, files: Files | None = None) -> ReviewSummary:
    """Apply a plan."""
    return done(apply_plan(catalog, what, what.phrase, files=files))


def take_back(catalog: Catalog, files: Files | None = None) -> ReviewSummary:
    """Undo the last clean-up."""
    return done(undo(catalog, files=files))


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
