"""Every format in which benchmarks say what belongs together."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.evaluation.truth import QueryTruth, read_truth
from core.records import TruthError


def files(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return paths


def named(truth: tuple[QueryTruth, ...]) -> dict[str, set[str]]:
    return {one.query.name: {path.name for path in one.right} for one in truth}


@pytest.mark.parametrize(
    "text",
    [
        "copy,original,transform\nq/1.jpg,d/a.jpg,crop\nq/2.jpg,d/b.jpg,blur\n",
        "query,picture\n1.jpg,a.jpg\n2.jpg,b.jpg\n",
        "source,target\na.jpg,1.jpg\nb.jpg,2.jpg\n",
        "\ufeffcopy,original\n1,a\n2,b\n",
    ],
)
def test_a_table_of_pairs(text: str, tmp_path: Path) -> None:
    dataset, queries = files(tmp_path, "d/a.jpg", "d/b.jpg"), files(tmp_path, "q/1.jpg", "q/2.jpg", "q/3.jpg")
    table = tmp_path / "truth.csv"
    table.write_text(text)

    assert named(read_truth(table, dataset, queries)) == {"1.jpg": {"a.jpg"}, "2.jpg": {"b.jpg"}}


def test_equal_names_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    dataset, queries = files(tmp_path, "d/x/a.jpg", "d/y/a.jpg"), files(tmp_path, "q/1.jpg")
    table = tmp_path / "truth.csv"
    table.write_text("copy,original\nq/1.jpg,y/a.jpg\n")

    (one,) = read_truth(table, dataset, queries)

    assert one.right == {dataset[1]}


def test_a_table_of_groups(tmp_path: Path) -> None:
    pictures = files(tmp_path, "a.jpg", "b.jpg", "c.jpg", "d.jpg")
    table = tmp_path / "groups.csv"
    table.write_text("file,group\na.jpg,1\nb.jpg,1\nc.jpg,2\nd.jpg,2\n")

    truth = read_truth(table, pictures, pictures)

    assert named(truth)["a.jpg"] == {"b.jpg"}
    assert all(one.junk == {one.query} for one in truth)


def test_groups_of_four_by_name(tmp_path: Path) -> None:
    pictures = files(tmp_path, *(f"ukbench{number:05}.jpg" for number in range(8)))

    truth = named(read_truth("ukbench", pictures, pictures))

    assert truth["ukbench00005.jpg"] == {f"ukbench{number:05}.jpg" for number in (4, 6, 7)}


@pytest.mark.parametrize("kind", ["holidays", "copydays"])
def test_holidays_names(kind: str, tmp_path: Path) -> None:
    pictures = files(tmp_path, "100000.jpg", "100001.jpg", "100002.jpg", "100100.jpg", "100101.jpg")

    truth = read_truth(kind, pictures, pictures)

    assert named(truth) == {"100000.jpg": {"100001.jpg", "100002.jpg"}, "100100.jpg": {"100101.jpg"}}


def test_oxford(tmp_path: Path) -> None:
    pictures = files(tmp_path / "images", *(f"all_souls_{number:06}.jpg" for number in range(5)))
    truth = tmp_path / "truth"
    truth.mkdir()
    (truth / "all_souls_1_query.txt").write_text("oxc1_all_souls_000000 10.5 20 100 200.5\n")
    (truth / "all_souls_1_good.txt").write_text("all_souls_000000\nall_souls_000001\n")
    (truth / "all_souls_1_ok.txt").write_text("all_souls_000002\n")
    (truth / "all_souls_1_junk.txt").write_text("all_souls_000003\n")

    (one,) = read_truth(truth, pictures, pictures)

    assert one.query == pictures[0]
    assert one.right == {pictures[1], pictures[2]}
    assert one.junk == {pictures[0], pictures[3]}
    assert one.box == (10.5, 20, 100, 200.5)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "copy,original\nnobody.jpg,nothing.jpg\n"])
def test_a_truth_that_fits_nothing_says_so(text: str, tmp_path: Path) -> None:
    pictures = files(tmp_path, "a.jpg", "b.jpg")
    table = tmp_path / "truth.csv"
    table.write_text(text)

    with pytest.raises(TruthError, match=r"truth\.csv"):
        read_truth(table, pictures, pictures)


def test_a_missing_truth_says_so(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match=r"no truth\.csv"):
        read_truth(tmp_path / "no truth.csv", [], [])
