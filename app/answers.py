"""What a search has found so far, by query; the final ranking replaces what streamed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from core.events import MatchFound, Summary
from core.records import Match


class Answers:
    """The matches of each query, a later one for the same picture in place of the earlier."""

    def __init__(self, queries: Iterable[Path] = ()) -> None:
        self._matches: dict[Path, dict[Path, Match]] = {query: {} for query in queries}

    def add(self, found: MatchFound) -> None:
        """Take one match in."""
        self._matches.setdefault(found.query, {})[found.match.record.path] = found.match

    def settle(self, summary: Summary) -> None:
        """Take the final ranking of every query that the summary names."""
        for query, matches in summary.matches:
            self._matches[query] = {match.record.path: match for match in matches}

    def of(self, query: Path) -> list[Match]:
        """The matches of one query, best first."""
        return sorted(self._matches.get(query, {}).values(), key=lambda match: -match.score)

    def all(self) -> Sequence[tuple[Path, Sequence[Match]]]:
        """Every query with its matches, best first, for an export."""
        return [(query, self.of(query)) for query in self._matches]

    def found(self, final: bool) -> dict[Path, bool]:
        """Which queries have a verified match; those that have none only count once the search is over."""
        verdicts = {query: any(match.verified for match in found.values()) for query, found in self._matches.items()}
        return {query: verdict for query, verdict in verdicts.items() if verdict or final}

    @property
    def count(self) -> int:
        """Matches of all queries together."""
        return sum(len(found) for found in self._matches.values())

    @property
    def verified(self) -> int:
        """How many of them more than a descriptor speaks for."""
        return sum(match.verified for found in self._matches.values() for match in found.values())
