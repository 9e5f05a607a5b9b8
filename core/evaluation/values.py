"""What an evaluation yields: results of methods, points of curves, and what ends it."""

from __future__ import annotations

from dataclasses import dataclass

from core.events import Progress, Skipped


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of a precision-recall curve.

    Attributes:
        recall: Share of all right pairs of a query and a picture that score at least ``threshold``.
        precision: Share of right ones among all pairs that score so high.
        threshold: A similarity.
    """

    recall: float
    precision: float
    threshold: float


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One row of the leaderboard.

    Attributes:
        method: The specification, as it can be typed.
        title: What it is, for people.
        family: The shelf its method stands on ("colour"), or "fusion".
        queries: Queries that were ranked.
        pictures: Pictures of the dataset.
        recall_at_1: Share of queries with a right picture first.
        recall_at_5: Share of queries with a right picture among the first five.
        recall_at_10: Likewise among the first ten.
        mean_average_precision: Mean over the queries of the average precision.
        micro_average_precision: Average precision of all pairs in one ranking by similarity: whether one
            threshold serves all queries.
        pictures_per_second: Pictures described on one core in a second, decoding not counted; None where there
            was none to try.
        bytes_per_picture: What ranking keeps of a picture in memory.
        milliseconds_per_query: Time to rank the dataset for one query, describing it not counted.
        curve: Precision and recall over all pairs, the highest threshold first; at most 200 points.
    """

    method: str
    title: str
    family: str
    queries: int
    pictures: int
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    mean_average_precision: float
    micro_average_precision: float
    pictures_per_second: float | None
    bytes_per_picture: float
    milliseconds_per_query: float
    curve: tuple[CurvePoint, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodEvaluated:
    """A method is done."""

    result: MethodResult


@dataclass(frozen=True, slots=True)
class MethodFailed:
    """A method could not be evaluated; the others go on.

    Attributes:
        method: Its specification.
        reason: One sentence on why, and what to do.
    """

    method: str
    reason: str


@dataclass(frozen=True, slots=True)
class EvaluationSummary:
    """What a finished evaluation has to say.

    Attributes:
        results: The leaderboard, highest mean average precision first.
        failed: Methods without a result.
        skipped: Files that could not be read.
        queries: Queries with a right picture in the dataset.
        pictures: Pictures of the dataset.
        seconds: Time from the first pull to the end.
    """

    results: tuple[MethodResult, ...]
    failed: tuple[MethodFailed, ...]
    skipped: tuple[Skipped, ...]
    queries: int
    pictures: int
    seconds: float


@dataclass(frozen=True, slots=True)
class EvaluationDone:
    """The last event of an evaluation that was not cancelled."""

    summary: EvaluationSummary


EvaluationEvent = Progress | Skipped | MethodEvaluated | MethodFailed | EvaluationDone


@dataclass(frozen=True, slots=True)
class CompressionPoint:
    """One index of the descriptors of a library, against comparing all of them exactly.

    Attributes:
        index: The step, as it can be typed behind a method ("pq@64"), or "flat" for the exact one.
        title: What it is, for people.
        bytes_per_picture: Size of the index by the number of pictures.
        recall_at_1: Share of queries whose exact nearest picture comes first.
        recall_at_10: Share of the exact ten nearest that are among its first ten.
        milliseconds_per_query: Time of one query on one core.
        build_seconds: Time to train and fill the index.
    """

    index: str
    title: str
    bytes_per_picture: float
    recall_at_1: float
    recall_at_10: float
    milliseconds_per_query: float
    build_seconds: float


@dataclass(frozen=True, slots=True)
class CompressionMeasured:
    """An index is measured."""

    point: CompressionPoint


@dataclass(frozen=True, slots=True)
class CompressionDone:
    """The last event of a benchmark of compression that was not cancelled.

    Attributes:
        method: The method whose descriptors were used.
        points: As measured, the exact one first.
        pictures: Pictures of the library.
        queries: Pictures that were searched with.
        skipped: Files that could not be read.
        seconds: Time from the first pull to the end.
    """

    method: str
    points: tuple[CompressionPoint, ...]
    pictures: int
    queries: int
    skipped: tuple[Skipped, ...]
    seconds: float


CompressionEvent = Progress | Skipped | CompressionMeasured | CompressionDone
