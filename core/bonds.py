"""What is known to belong together: verdicts as edges between contents, and who is connected by them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.records import Relation
from core.verdict import Verdict


class Joins:
    """Who is connected with whom, nothing else (union by the smallest place, with path halving).

    Args:
        parent: For each place, one it is joined with; itself to begin with.
    """

    def __init__(self, parent: list[int]) -> None:
        self._parent = parent

    def root(self, place: int) -> int:
        """The place that stands for all that are joined with this one: the smallest of them."""
        while self._parent[place] != place:
            self._parent[place] = self._parent[self._parent[place]]
            place = self._parent[place]
        return place

    def joined(self, first: int, second: int) -> bool:
        """Whether two places are connected."""
        return self.root(first) == self.root(second)

    def join(self, first: int, second: int) -> bool:
        """Connect two places; whether they were apart before."""
        low, high = sorted((self.root(first), self.root(second)))
        self._parent[high] = low
        return low != high

    def copy(self) -> Joins:
        """The same connections, to try others on."""
        return Joins(self._parent.copy())


class Bonds:
    """Accepted verdicts between contents, by their places.

    Copies join their sets, but a composite joins none: it belongs to several pictures without making these
    belong together.

    Args:
        ranks: How good each content is as a representative, larger is better; no two are equal.
    """

    def __init__(self, ranks: Sequence[int]) -> None:
        self._ranks = ranks
        self._part()
        self._edges: dict[int, dict[int, Verdict]] = defaultdict(dict)
        self.composites: list[Verdict] = []
        self.scenes: list[Verdict] = []

    def add(self, verdict: Verdict) -> bool:
        """Take a verdict in.

        Returns:
            Whether two sets became one.
        """
        if verdict.relation is None or verdict.relation is Relation.SIMILAR:
            return False
        if verdict.relation is Relation.SAME_SCENE:
            self.scenes.append(verdict)
            return False
        if verdict.relation is Relation.COMPOSITE:
            self.composites.append(verdict)
            return False
        self._edges[verdict.first][verdict.second] = verdict
        self._edges[verdict.second][verdict.first] = verdict
        return self._join(verdict.first, verdict.second)

    def _join(self, first: int, second: int) -> bool:
        best = max(self.best(first), self.best(second), key=lambda place: self._ranks[place])
        joined = self.joins.join(first, second)
        self._best[self.joins.root(first)] = best
        return joined

    def _part(self) -> None:
        """Nobody is joined with anybody."""
        self.joins = Joins(list(range(len(self._ranks))))
        self._best = list(range(len(self._ranks)))

    def loosen(self, verdicts: Iterable[Verdict]) -> None:
        """Take verdicts back that were taken in, and what they joined apart."""
        for verdict in verdicts:
            self._edges[verdict.first].pop(verdict.second, None)
            self._edges[verdict.second].pop(verdict.first, None)
        self._part()
        for place in sorted(self._edges):
            for neighbour in self.neighbours(place):
                if place < neighbour:
                    self._join(place, neighbour)

    def best(self, place: int) -> int:
        """The content of the highest rank among those that are joined with this one."""
        return self._best[self.joins.root(place)]

    def edge(self, first: int, second: int) -> Verdict | None:
        """The verdict that ties two contents directly, in whichever direction it was given."""
        return self._edges[first].get(second)

    def neighbours(self, place: int) -> Iterable[int]:
        """The contents tied to one directly, in order."""
        return sorted(self._edges[place])

    def sets(self) -> list[list[int]]:
        """The connected contents, sets of two and more, each in order."""
        found: dict[int, list[int]] = defaultdict(list)
        for place in range(len(self._ranks)):
            found[self.joins.root(place)].append(place)
        return [found[root] for root in sorted(found) if len(found[root]) > 1]

    def views_from(self, start: int, within: set[int]) -> dict[int, NDArray[np.float64]]:
        """Homographies from one content to those it is connected with, along the shortest chains.

        Args:
            start: Where chains begin.
            within: The contents that chains may pass.
        """
        views: dict[int, NDArray[np.float64]] = {start: np.eye(3)}
        waiting = deque([start])
        while waiting:
            place = waiting.popleft()
            for neighbour in self.neighbours(place):
                step = self._step(place, neighbour)
                if neighbour in within and neighbour not in views and step is not None:
                    view = step @ views[place]
                    views[neighbour] = view / np.linalg.norm(view)
                    waiting.append(neighbour)
        return views

    def _step(self, first: int, second: int) -> NDArray[np.float64] | None:
        verdict = self._edges[first][second]
        homography = verdict.evidence.homography
        if homography is None:
            return None
        if verdict.first == first:
            return homography
        try:
            return np.asarray(np.linalg.inv(homography), np.float64)
        except np.linalg.LinAlgError:
            return None
