"""The leaderboard, from folders to rows, on real pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray

from core._cv import cv2
from core.catalog import Catalog
from core.evaluation.export import LEADERBOARD_COLUMNS, curves_as_svg, write_leaderboard_csv
from core.evaluation.leaderboard import EvaluationOptions, evaluate
from core.evaluation.values import EvaluationDone, EvaluationSummary, MethodEvaluated, MethodFailed
from core.records import MethodError
from core.retrieval.building import build_ranker
from core.retrieval.gallery import Gallery, Query
from core.retrieval.specification import parse

from .conftest import Benchmark


def run(catalog: Catalog, made: Benchmark, *methods: str, **options: object) -> EvaluationSummary:
    wanted = EvaluationOptions((made.dataset,), (made.queries,), made.truth, methods, workers=2, **options)  # type: ignore[arg-type]
    events = list(evaluate(catalog, wanted))
    assert isinstance(events[-1], EvaluationDone)
    summary = events[-1].summary
    assert len([event for event in events if isinstance(event, MethodEvaluated)]) == len(summary.results)
    assert tuple(event for event in events if isinstance(event, MethodFailed)) == summary.failed
    return summary


def test_every_kind_of_specification_gets_a_row(catalog: Catalog, benchmark_of_copies: Benchmark) -> None:
    methods = (
        "gray-histogram",
        "pdq",
        "hsv-histogram:chi-square",
        "orb",
        "vlad",
        "vlad+whiten",
        "vlad+pq@16",
        "vlad+hnsw",
        "vlad+average-qe@1",
        "vlad+verified-qe",
        "vlad+dba@1",
        "vlad+diffusion",
        "vlad+ssim",
        "histogram-then-keypoints",
        "vlad~gray-histogram",
        "sum:vlad~gray-histogram",
    )

    summary = run(catalog, benchmark_of_copies, *methods)

    assert {result.method for result in summary.results} == set(methods)
    assert not summary.failed
    rows = {result.method: result for result in summary.results}
    for result in summary.results:
        assert (result.queries, result.pictures) == (16, 16)
        assert 0 <= result.recall_at_1 <= result.recall_at_5 <= result.recall_at_10 <= 1
        assert 0 < result.mean_average_precision <= 1
        assert result.pictures_per_second is not None and result.pictures_per_second > 0
        assert result.bytes_per_picture > 0
        assert result.curve
    # Half of the copies are darker: no histogram finds them, every method of keypoints does.
    assert rows["gray-histogram"].recall_at_1 < 0.8
    assert rows["orb"].recall_at_1 > 0.9
    assert rows["vlad"].mean_average_precision > rows["gray-histogram"].mean_average_precision + 0.1
    assert rows["vlad+pq@16"].bytes_per_picture == 16
    assert rows["gray-histogram"].bytes_per_picture == 1024


def test_a_method_without_weights_is_left_out_with_a_reason(catalog: Catalog, benchmark_of_copies: Benchmark) -> None:
    summary = run(catalog, benchmark_of_copies, "resnet50", "average-hash")

    assert [result.method for result in summary.results] == ["average-hash"]
    assert [failed.method for failed in summary.failed] == ["resnet50"]
    assert "resnet50.safetensors" in summary.failed[0].reason


def test_an_unknown_method_ends_the_evaluation_at_once(catalog: Catalog, benchmark_of_copies: Benchmark) -> None:
    with pytest.raises(MethodError, match="did you mean 'vlad'"):
        run(catalog, benchmark_of_copies, "vlat")


def test_fewer_queries_can_be_asked_for(catalog: Catalog, benchmark_of_copies: Benchmark) -> None:
    assert run(catalog, benchmark_of_copies, "average-hash", limit=5).queries == 5


def test_queries_inside_of_the_dataset_are_not_searched(catalog: Catalog, benchmark_of_copies: Benchmark) -> None:
    around = Benchmark(benchmark_of_copies.dataset.parent, benchmark_of_copies.queries, benchmark_of_copies.truth)

    assert run(catalog, around, "average-hash").pictures == 16


def test_a_part_of_a_picture_is_searched_with(
    catalog: Catalog, tmp_path: Path, small: Mapping[str, NDArray[np.uint8]], save: Callable[..., Path]
) -> None:
    """In the form of Oxford: the query shows two pictures, its box only one of them."""
    names = sorted(small)[:6]
    for name in names:
        save(small[name], tmp_path / "dataset" / f"{name}.png")
    first, second = (cv2.resize(small[name], (300, 240)) for name in names[:2])
    save(np.concatenate([first, second], axis=1), tmp_path / "queries" / "both.png")
    truth = tmp_path / "truth"
    truth.mkdir()
    for number, (name, box) in enumerate(zip(names, ("0 0 300 240", "300 0 600 240"), strict=False)):
        (truth / f"part_{number}_query.txt").write_text(f"both {box}\n")
        (truth / f"part_{number}_good.txt").write_text(f"{name}\n")
    made = Benchmark(tmp_path / "dataset", tmp_path / "queries", truth)

    summary = run(catalog, made, "hsv-histogram:intersection", "orb", "hsv-histogram+ssim@3")

    assert summary.queries == 2
    found = {result.method: result.recall_at_1 for result in summary.results}
    assert found["hsv-histogram:intersection"] == found["orb"] == 1
    assert "hsv-histogram+ssim@3" in found


def test_the_same_evaluation_gives_the_same_rows(catalog: Catalog, benchmark_of_copies: Benchmark) -> None:
    first, second = (run(catalog, benchmark_of_copies, "orb", "pdq") for _ in range(2))

    for one, other in zip(first.results, second.results, strict=True):
        assert one.mean_average_precision == other.mean_average_precision
        assert one.curve == other.curve


def test_stopping_leaves_the_catalog_usable(catalog: Catalog, benchmark_of_copies: Benchmark) -> None:
    options = EvaluationOptions(
        (benchmark_of_copies.dataset,), (benchmark_of_copies.queries,), benchmark_of_copies.truth, ("pdq",), workers=1
    )
    events = evaluate(catalog, options)
    next(events)
    events.close()  # type: ignore[attr-defined]

    assert run(catalog, benchmark_of_copies, "pdq").queries == 16


def test_gray_histogram_is_the_ten_line_reference(catalog: Catalog, benchmark_of_copies: Benchmark) -> None:
    def reference(path: Path) -> NDArray[np.float32]:
        gray = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        assert gray is not None
        histogram = cv2.calcHist([gray], [0], None, [256], [0, 256]).ravel()
        return np.asarray(histogram / np.linalg.norm(histogram), np.float32)

    dataset = sorted(benchmark_of_copies.dataset.iterdir())
    base = np.stack([reference(path) for path in dataset])
    run(catalog, benchmark_of_copies, "gray-histogram")
    contents = catalog.contents([benchmark_of_copies.dataset])
    paths = {record.content: record.path for record in catalog.records([benchmark_of_copies.dataset])}
    gallery = Gallery(catalog, contents, [paths[content.digest.hex()] for content in contents])
    ranker = build_ranker(gallery, parse("gray-histogram"))

    for path in sorted(benchmark_of_copies.queries.iterdir()):
        expected = dataset[int((base @ reference(path)).argmax())]
        (content,) = (one for one in catalog.records([path.parent]) if one.path == path)
        number = catalog.content_ids([bytes.fromhex(content.content)])[bytes.fromhex(content.content)]
        ((_, data),) = catalog.features("gray-histogram@1", [number])
        scores = ranker.scores([Query({"gray-histogram@1": data}, path, (content.width, content.height))])
        assert gallery.paths[int(scores[0].argmax())] == expected


def test_the_leaderboard_as_a_table_and_a_drawing(catalog: Catalog, benchmark_of_copies: Benchmark) -> None:
    results = run(catalog, benchmark_of_copies, "average-hash", "pdq").results
    stream = io.StringIO()

    write_leaderboard_csv(stream, results)

    rows: list[Mapping[str, str]] = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert tuple(rows[0]) == LEADERBOARD_COLUMNS
    assert [row["method"] for row in rows] == [result.method for result in results]
    drawing = ElementTree.fromstring(curves_as_svg(results))
    assert len(drawing.findall("{http://www.w3.org/2000/svg}polyline")) == 2
