"""Verdicts on pairs: from the catalog where they were given before, else from judges in worker processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from core.cases import Case, Judged, Side
from core.catalog import Catalog, Content
from core.events import Event
from core.features import registry
from core.judging import VERSION, judge_pairs
from core.stopwatch import Stage
from core.verdict import Verdict
from core.workers import WorkerTeam

_PAIRS_A_TASK = 8


@dataclass(frozen=True, slots=True)
class Question:
    """A pair to decide; places of contents, the first smaller.

    Attributes:
        first: Place of content A.
        second: Place of content B.
        orientation: As in ``Case``.
        guess: As in ``Case``.
        likeness: As in ``Case``.
    """

    first: int
    second: int
    orientation: tuple[int, bool] | None = None
    guess: tuple[float, ...] | None = None
    likeness: float = 1.0


class Judgement(Protocol):
    """Whoever decides pairs."""

    def decide(self, questions: Sequence[Question], stage: Stage, done: int, total: int) -> Iterator[Event]:
        """Decide pairs; afterwards ``verdict`` knows each of them."""
        ...

    def verdict(self, first: int, second: int) -> Verdict:
        """The verdict on a pair that was decided."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...


class Court:
    """Decides pairs of contents and remembers what was decided.

    Args:
        catalog: Where verdicts are kept.
        contents: What pairs are made of.
        paths: A file of each content that is there, by the content's number.
        verifiers: Names of local methods, cheapest first.
        workers: Number of worker processes.
    """

    def __init__(
        self,
        catalog: Catalog,
        contents: Sequence[Content],
        paths: Mapping[int, Path],
        verifiers: tuple[str, ...],
        workers: int,
    ) -> None:
        self._catalog = catalog
        self._contents = contents
        self._verifiers = verifiers
        self._team: WorkerTeam[Judged] | None = None
        self._workers = workers
        known = registry.methods()
        keys = "+".join(known[name].key for name in verifiers)
        self._verifier = f"judge@{VERSION}:{keys}"
        self._guessed = self._verifier + ":guess"
        self._paths = paths
        self._remembered = self._recall(self._verifier)
        # Kept apart: a pair may be asked first without a guess and later with one, in every run in this order.
        self._by_guess = self._recall(self._guessed)

    def _recall(self, verifier: str) -> dict[tuple[int, int], bytes]:
        place = {content.id: number for number, content in enumerate(self._contents)}
        return {
            (place[first], place[second]): data
            for first, second, data in self._catalog.pairs(verifier)
            if first in place and second in place
        }

    def close(self) -> None:
        """End the worker processes."""
        if self._team is not None:
            self._team.close()
            self._team = None

    def decide(self, questions: Sequence[Question], stage: Stage, done: int, total: int) -> Iterator[Event]:
        """Decide pairs; afterwards ``verdict`` knows each of them.

        Args:
            questions: The pairs.
            stage: The stage that reports progress.
            done: Pairs decided before in this stage.
            total: Pairs of this stage as known by now.
        """
        pending = [question for question in questions if not self._is_answered(question)]
        # Pairs with a picture in common go together: it is then decoded once.
        pending.sort(key=lambda question: (question.first, question.second))
        batches = [pending[start : start + _PAIRS_A_TASK] for start in range(0, len(pending), _PAIRS_A_TASK)]
        guessed = {(question.first, question.second) for question in pending if question.guess is not None}
        for verdicts in self._judged(batches):
            self._remember(verdicts, guessed)
            done += len(verdicts)
            if stage.due():
                yield stage.progress(done, max(total, done))

    def verdict(self, first: int, second: int) -> Verdict:
        """The verdict on a pair that was decided, A being ``first``; that with a guess where there is one.

        Raises:
            KeyError: It was not.
        """
        pair = (first, second)
        data = self._by_guess[pair] if pair in self._by_guess else self._remembered[pair]
        return Verdict.unpack(first, second, data)

    def _is_answered(self, question: Question) -> bool:
        answers = self._remembered if question.guess is None else self._by_guess
        return (question.first, question.second) in answers

    def _judged(self, batches: Sequence[Sequence[Question]]) -> Iterator[Sequence[Verdict]]:
        if not batches:
            return
        if self._team is None:
            self._team = WorkerTeam(judge_pairs, self._workers)
        waiting = iter(enumerate(batches))
        while True:
            while self._team.pending < 4 * self._workers and (item := next(waiting, None)) is not None:
                number, batch = item
                self._team.submit(number, self._cases(batch), self._verifiers)
            if not self._team.pending:
                return
            for outcome in self._team.collect():
                if outcome.value is not None:
                    self._keep_keypoints(outcome.value.keypoints)
                    yield outcome.value.verdicts
                else:
                    assert isinstance(outcome.key, int)
                    yield from self._one_by_one(batches[outcome.key])

    def _one_by_one(self, batch: Sequence[Question]) -> Iterator[Sequence[Verdict]]:
        """A decoder crashed on one of these pairs: find out on which, and do without it."""
        assert self._team is not None
        for question in batch:
            with WorkerTeam(judge_pairs, 1) as team:
                team.submit(0, self._cases([question]), self._verifiers)
                outcome = team.collect()[0]
            if outcome.value is not None:
                yield outcome.value.verdicts
            else:
                reason = outcome.error.reason if outcome.error else "unreadable"
                yield [replace(Verdict.nothing(question.first, question.second, reason), final=False)]

    def _cases(self, batch: Iterable[Question]) -> list[Case]:
        batch = list(batch)
        places = {place for question in batch for place in (question.first, question.second)}
        sides = self._sides(sorted(places))
        return [
            Case(sides[question.first], sides[question.second], question.orientation, question.guess, question.likeness)
            for question in batch
        ]

    def _sides(self, places: Sequence[int]) -> dict[int, Side]:
        """The pictures of a batch, numbered by their places, with stored keypoints."""
        ids = {self._contents[place].id: place for place in places}
        packed: dict[int, bytes] = {}
        if self._verifiers:
            key = registry.methods()[self._verifiers[0]].key
            packed = dict(self._catalog.features(key, list(ids)))
        return {
            place: Side(place, self._paths[number], content.width, content.height, packed.get(number))
            for number, place in ids.items()
            for content in (self._contents[place],)
        }

    def _keep_keypoints(self, found: Mapping[int, bytes]) -> None:
        if found:
            key = registry.methods()[self._verifiers[0]].key
            self._catalog.store_features(key, [(self._contents[place].id, data) for place, data in found.items()])

    def _remember(self, verdicts: Sequence[Verdict], guessed: set[tuple[int, int]]) -> None:
        for by_guess, answers, verifier in (
            (False, self._remembered, self._verifier),
            (True, self._by_guess, self._guessed),
        ):
            given = [verdict for verdict in verdicts if ((verdict.first, verdict.second) in guessed) is by_guess]
            answers.update({(verdict.first, verdict.second): verdict.pack() for verdict in given})
            self._catalog.store_pairs(
                verifier,
                [
                    (self._contents[verdict.first].id, self._contents[verdict.second].id, verdict.pack())
                    for verdict in given
                    if verdict.final
                ],
            )
