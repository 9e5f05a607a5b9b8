"""Which matches are shown: by relation, score, folder, kind of file, size and date."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from core.records import Match, Relation

Span = tuple[float, float]
"""From the first number to just below the second."""

ANY: Span = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """A match passes if all of these let it pass.

    Attributes:
        relations: The relations that pass (None in it: not verified), or None for all.
        score: The lowest score that passes.
        folder: Files in it and below it pass, or None for all.
        kind: The format that passes ("JPEG"), or None for all.
        size: Bytes that pass.
        modified: Seconds since the epoch that pass.
    """

    relations: frozenset[Relation | None] | None = None
    score: float = 0.0
    folder: Path | None = None
    kind: str | None = None
    size: Span = ANY
    modified: Span = ANY

    @property
    def passes_all(self) -> bool:
        """Whether the filter hides nothing."""
        return self == MatchFilter(score=min(0.0, self.score))

    def passes(self, match: Match) -> bool:
        """Whether a match is shown."""
        record = match.record
        return (
            match.score >= self.score
            and (self.relations is None or match.relation in self.relations)
            and (self.kind is None or record.format == self.kind)
            and self.size[0] <= record.size < self.size[1]
            and self.modified[0] <= record.modified < self.modified[1]
            and (self.folder is None or record.path.is_relative_to(self.folder))
        )
