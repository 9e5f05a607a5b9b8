"""Decisions: what a person said of pictures, so that nobody has to say it twice.

They belong to contents, not to paths, and so survive renames, moves, new scans and, by export, new catalogs.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core._catalog_decisions import Decision, DecisionTable, Kind
from core.catalog import Catalog
from core.records import Group, ReviewError
from core.review.decided import Decided

__all__ = ["Decision", "Decisions", "Kind"]

_VERSION = 1

_Row = tuple[Kind, list[tuple[str, str]], list[tuple[str, Path]], str, float]


class Decisions:
    """The decisions in a catalog.

    Args:
        catalog: The catalog.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._table = DecisionTable(catalog)

    # ------------------------------------------------------------------ making

    def decide(self, kind: Kind, group: Group, paths: Sequence[Path] | None = None) -> int:
        """Decide about members of a group.

        Args:
            kind: NOT_DUPLICATE parts these members from all others of the group; the other kinds speak of each of
                these and the representative.
            group: The group as it is shown.
            paths: The members that are meant; None for the whole group.

        Returns:
            The number of the decision, for ``undo``.

        Raises:
            ReviewError: A path is no member, or the files have the same bytes and so are copies in any case.
        """
        contents = {member.record.path: member.record.content for member in group.members}
        unknown = next((path for path in paths or () if path not in contents), None)
        if unknown is not None:
            raise ReviewError(f"{unknown} is no file of this group.")
        chosen = list(dict.fromkeys(paths or ()))
        pairs = _parted(contents, chosen) if kind is Kind.NOT_DUPLICATE else _tied(group, contents, chosen)
        if not pairs:
            raise ReviewError("These files have the same bytes, so they are copies; choose to keep both.")
        number = self._table.add(kind, pairs, [(content, path) for path, content in contents.items()])
        assert number is not None
        return number

    def decide_files(self, kind: Kind, paths: Sequence[Path]) -> int:
        """Decide about files that the catalog knows, without a group: each is paired with each.

        Raises:
            ReviewError: There are fewer than two, one is not known, or all have the same bytes and are copies anyway.
        """
        files = [(_content_of(self._catalog, path), path) for path in dict.fromkeys(paths)]
        if len(files) < 2:
            raise ReviewError("Name at least two pictures to decide about.")
        pairs = [(first[0], second[0]) for first, second in itertools.combinations(files, 2)]
        if kind is Kind.NOT_DUPLICATE:
            pairs = [pair for pair in pairs if pair[0] != pair[1]]
        if not pairs:
            raise ReviewError("These files have the same bytes, so they are copies; choose to keep both.")
        number = self._table.add(kind, pairs, files)
        assert number is not None
        return number

    def undo(self, number: int) -> None:
        """Take a decision back; what was said before it holds again.

        Raises:
            ReviewError: There is none of that number.
        """
        if not self._table.remove(number):
            raise ReviewError(f"There is no decision {number}; `twinsight decisions` lists them.")

    # ------------------------------------------------------------------ reading

    def all(self, search: str = "") -> tuple[Decision, ...]:
        """The decisions, the latest first; only those that speak of a file or kind with this text."""
        found = self._table.all()
        wanted = search.casefold()
        if not wanted:
            return found
        return tuple(
            item
            for item in found
            if wanted in item.kind or any(wanted in str(path).casefold() for _, path in item.files)
        )

    def decided(self) -> Decided:
        """All decisions, to be asked about pairs and groups."""
        return Decided(self._table.all())

    # ------------------------------------------------------------------ other catalogs

    def as_dict(self) -> dict[str, object]:
        """All decisions in the form of their JSON."""
        return {"twinsight_decisions": _VERSION, "decisions": [_as_dict(item) for item in self._table.all()]}

    def check(self, path: Path) -> int:
        """How many decisions of a file ``load`` would take over.

        Raises:
            ReviewError: The file cannot be read, or holds something else.
        """
        known = {item.key for item in self._table.all()}
        return sum(item[3] not in known for item in _read_file(path))

    def load(self, path: Path) -> int:
        """Take over the decisions of another catalog from their JSON.

        Returns:
            How many of them were new.

        Raises:
            ReviewError: The file cannot be read, or holds something else.
        """
        return sum(self._table.add(*item) is not None for item in _read_file(path))


def _parted(contents: Mapping[Path, str], chosen: Sequence[Path]) -> list[tuple[str, str]]:
    """Each of the chosen with each of the others, or all with all."""
    if not chosen or len(chosen) == len(contents):
        return list(itertools.combinations(sorted(set(contents.values())), 2))
    apart = {contents[path] for path in chosen}
    rest = set(contents.values()) - apart
    return [(first, second) for first in sorted(apart) for second in sorted(rest)]


def _tied(group: Group, contents: Mapping[Path, str], chosen: Sequence[Path]) -> list[tuple[str, str]]:
    """Each of the chosen, or all, with the representative."""
    centre = group.representative.record
    others = [path for path in chosen or contents if path != centre.path] or [
        path for path in contents if path != centre.path
    ]
    return [(centre.content, contents[path]) for path in others]


def _as_dict(item: Decision) -> dict[str, object]:
    return {
        "key": item.key,
        "kind": str(item.kind),
        "made": round(item.made, 3),
        "pairs": [list(pair) for pair in item.pairs],
        "files": [{"content": content, "path": str(path)} for content, path in item.files],
    }


def _content_of(catalog: Catalog, path: Path) -> str:
    content = catalog.digest_of(path)
    if content is None:
        raise ReviewError(f"{path} is not in the catalog; index its folder first.")
    return content.hex()


def _read_file(path: Path) -> list[_Row]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return [_read(item) for item in _items(document)]
    except OSError as error:
        raise ReviewError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise ReviewError(f"{path} holds no decisions of this Twinsight: {error}.") from error


def _items(document: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    if document["twinsight_decisions"] != _VERSION:
        raise ValueError(f"its version is {document['twinsight_decisions']}")
    found: list[Mapping[str, Any]] = document["decisions"]
    return found


def _read(item: Mapping[str, Any]) -> _Row:
    pairs = [(_digest(first), _digest(second)) for first, second in item["pairs"]]
    files = [(_digest(file["content"]), Path(file["path"])) for file in item["files"]]
    return Kind(item["kind"]), pairs, files, str(item["key"]), float(item["made"])


def _digest(text: str) -> str:
    return bytes.fromhex(text).hex()
