"""Plans as documents: JSON to be read by people, edited, and taken up again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.records import Relation, ReviewError
from core.review.values import Action, Companion, Plan, PlanItem, Refusal

_VERSION = 1


def plan_as_dict(plan: Plan) -> dict[str, object]:
    """A plan in the form of its JSON."""
    return {
        "twinsight_plan": _VERSION,
        "action": str(plan.action),
        "destination": None if plan.destination is None else str(plan.destination),
        "created": round(plan.created, 3),
        "files": plan.files,
        "bytes": plan.bytes,
        "protected": [str(folder) for folder in plan.protected],
        "items": [item_as_dict(item) for item in plan.items],
        "refused": [{"path": str(refusal.path), "reason": refusal.reason} for refusal in plan.refused],
    }


def read_plan(path: Path) -> Plan:
    """Take up a plan from its JSON, also one that was edited by hand.

    Raises:
        ReviewError: It cannot be read, or is no plan.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReviewError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise ReviewError(f"{path} is no plan: {error}.") from error
    try:
        return _plan(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReviewError(f"{path} is no plan of this Twinsight: {error}; make it again.") from error


def item_as_dict(item: PlanItem) -> dict[str, object]:
    """One picture that goes, in the form of its JSON."""
    return {
        "path": str(item.path),
        "content": item.content,
        "bytes": item.size,
        "survivor": str(item.survivor),
        "survivor_content": item.survivor_content,
        "group": item.group,
        "relation": str(item.relation),
        "why": item.why,
        "root": str(item.root),
        "action": str(item.action),
        "merge": item.merge,
        "companions": [
            {
                "path": str(companion.path),
                "content": companion.content,
                "bytes": companion.size,
                "kind": companion.kind,
                "survivor": None if companion.survivor is None else str(companion.survivor),
            }
            for companion in item.companions
        ],
    }


def _plan(document: Mapping[str, Any]) -> Plan:
    if document["twinsight_plan"] != _VERSION:
        raise ValueError(f"its version is {document['twinsight_plan']}")
    return Plan(
        Action(document["action"]),
        tuple(_item(item) for item in document["items"]),
        _path(document["destination"]),
        tuple(Path(folder) for folder in document["protected"]),
        tuple(Refusal(Path(item["path"]), str(item["reason"])) for item in document["refused"]),
        float(document["created"]),
    )


def _item(item: Mapping[str, Any]) -> PlanItem:
    return PlanItem(
        Path(item["path"]),
        _digest(item["content"]),
        int(item["bytes"]),
        Path(item["survivor"]),
        _digest(item["survivor_content"]),
        str(item["group"]),
        Relation(item["relation"]),
        str(item["why"]),
        Path(item["root"]),
        Action(item["action"]),
        tuple(_companion(companion) for companion in item["companions"]),
        bool(item["merge"]),
    )


def _companion(item: Mapping[str, Any]) -> Companion:
    size = int(item["bytes"])
    return Companion(Path(item["path"]), _digest(item["content"]), size, str(item["kind"]), _path(item["survivor"]))


def _digest(text: str) -> str:
    return bytes.fromhex(text).hex()


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
