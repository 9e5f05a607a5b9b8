"""Results that other programs read: stable names, whole files, no surprises in spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import export
from core.events import Skipped, Summary
from core.records import Evidence, ExportError, Group, ImageRecord, Match, Member, Relation

HOMOGRAPHY = np.array([[0.5, 0.0, 12.25], [0.0, 0.5, -3.125], [1.25e-7, 0.0, 1.0]])


def a_record(path: str = "/pictures/a.jpg") -> ImageRecord:
    return ImageRecord(Path(path), "c0ffee", 640, 427, 1234, 0.0, "JPEG")


def a_match(path: str = "/pictures/a.jpg", relation: Relation | None = Relation.CROP) -> Match:
    evidence = Evidence(inlier_count=42, homography=HOMOGRAPHY, coverage_a=0.5, similarity=float("nan"))
    return Match(a_record(path), 0.97654321, relation, evidence, "a 50% crop")


def a_group(*paths: str) -> Group:
    best = Member(a_record(paths[0]), Relation.SAME_FILE, 1.0, None, "", True, "the best copy")
    others = [
        Member(a_record(path), Relation.CROP, 0.9, Evidence(inlier_count=42), "crop", False, "a part of it")
        for path in paths[1:]
    ]
    return Group("3f9a", (best, *others))


def written(write: Callable[[TextIO], None]) -> str:
    stream = io.StringIO(newline="")
    write(stream)
    return stream.getvalue()


def csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


# ---------------------------------------------------------------------- JSON


def test_scan_json_has_the_documented_keys() -> None:
    skipped = (Skipped(Path("/pictures/broken.jpg"), "truncated JPEG"),)
    summary = Summary(3, skipped, 3, 1.25, groups=(a_group("/pictures/a.jpg", "/pictures/b.jpg"),))

    document = export.scan_as_dict([Path("/pictures")], summary)

    assert document == {
        "library": ["/pictures"],
        "images": 3,
        "seconds": 1.25,
        "skipped": [{"path": "/pictures/broken.jpg", "reason": "truncated JPEG"}],
        "groups": [
            {
                "id": "3f9a",
                "members": [
                    {
                        "path": "/pictures/a.jpg",
                        "width": 640,
                        "height": 427,
                        "bytes": 1234,
                        "keep": True,
                        "why": "the best copy",
                        "relation": "same-file",
                        "score": 1.0,
                        "inliers": 0,
                    },
                    {
                        "path": "/pictures/b.jpg",
                        "width": 640,
                        "height": 427,
                        "bytes": 1234,
                        "keep": False,
                        "why": "a part of it",
                        "relation": "crop",
                        "score": 0.9,
                        "inliers": 42,
                    },
                ],
            }
        ],
    }


def test_search_json_has_the_documented_keys_and_an_exact_homography() -> None:
    summary = Summary(2, (), 0, 0.5, matches=((Path("/q.jpg"), (a_match(),)), (Path("/lonely.jpg"), ())))

    document = json.loads(written(lambda stream: export.write_json(stream, export.search_as_dict(summary))))

    first, lonely = document["queries"]
    assert first["query"] == "/q.jpg"
    assert list(first["matches"][0]) == ["rank", "path", "score", "relation", "inliers", "homography"]
    assert first["matches"][0]["rank"] == 1
    assert first["matches"][0]["relation"] == "crop"
    assert np.array_equal(first["matches"][0]["homography"], HOMOGRAPHY)
    assert lonely == {"query": "/lonely.jpg", "matches": []}


def test_what_is_not_known_is_null() -> None:
    match = Match(a_record(), 0.3, None, Evidence(), "")
    summary = Summary(1, (), 0, 0.5, matches=((Path("/q.jpg"), (match,)),))

    text = written(lambda stream: export.write_json(stream, export.search_as_dict(summary)))

    assert json.loads(text)["queries"][0]["matches"][0]["relation"] is None
    assert json.loads(text)["queries"][0]["matches"][0]["homography"] is None


def test_a_comparison_with_a_similarity_that_is_no_number_is_still_json() -> None:
    text = written(lambda stream: export.write_json(stream, export.comparison_as_dict(Path("/q.jpg"), a_match())))

    document = json.loads(text, parse_constant=pytest.fail)
    assert (document["a"], document["b"]) == ("/q.jpg", "/pictures/a.jpg")
    assert document["similarity"] is None


def test_json_is_valid_unicode_and_gives_odd_bytes_back() -> None:
    name = os.fsdecode(b"/pictures/caf\xe9 \xc3\xa9 \xe6\x9d\xb1.jpg")
    summary = Summary(1, (Skipped(Path(name), "no"),), 0, 0.0)

    text = written(lambda stream: export.write_json(stream, export.scan_as_dict([], summary)))

    assert "東" in text
    text.encode("utf-8")  # a lone surrogate would raise
    assert os.fsencode(json.loads(text)["skipped"][0]["path"]) == os.fsencode(name)


# ---------------------------------------------------------------------- CSV


def test_scan_csv_has_a_row_per_member_with_the_names_of_the_json() -> None:
    text = written(lambda stream: export.write_scan_csv(stream, [a_group("/a.jpg", "/b.jpg"), a_group("/c.jpg")]))

    assert text.splitlines()[0] == "id,path,width,height,bytes,keep,why,relation,score,inliers"
    rows = csv_rows(text)
    assert [row["path"] for row in rows] == ["/a.jpg", "/b.jpg", "/c.jpg"]
    assert [row["keep"] for row in rows] == ["true", "false", "true"]
    assert rows[1]["relation"] == "crop"


def test_search_csv_has_a_row_per_match() -> None:
    matches = [(Path("/q.jpg"), [a_match("/a.jpg"), a_match("/b.jpg", None)]), (Path("/lonely.jpg"), [])]

    rows = csv_rows(written(lambda stream: export.write_search_csv(stream, matches)))

    assert [(row["query"], row["rank"], row["path"], row["relation"]) for row in rows] == [
        ("/q.jpg", "1", "/a.jpg", "crop"),
        ("/q.jpg", "2", "/b.jpg", ""),
    ]
    assert np.array_equal(json.loads(rows[0]["homography"]), HOMOGRAPHY)


def test_a_submission_has_exactly_two_columns_and_a_row_per_query() -> None:
    matches = [
        (Path("/queries/q1.jpg"), [a_match("/library/deep/x.jpg"), a_match("/library/y.jpg")]),
        (Path("/queries/q2.jpg"), []),
        (Path("/queries/-q3.jpg"), [a_match("/library/=z.jpg")]),
    ]

    text = written(lambda stream: export.write_submission(stream, matches))

    assert text == "source,target\nx.jpg,q1.jpg\n,q2.jpg\n=z.jpg,-q3.jpg\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])  # noqa: RUF001
def test_a_spreadsheet_does_not_run_a_file_name(start: str) -> None:
    name = f"{start}HYPERLINK(1).jpg"

    rows = csv_rows(written(lambda stream: export.write_scan_csv(stream, [a_group(name, "/b.jpg")])))

    assert rows[0]["path"] == f"'{name}"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_any_name_comes_back_from_csv(name: str) -> None:
    path = f"/library/{name.replace('/', '-')}"

    rows = csv_rows(written(lambda stream: export.write_scan_csv(stream, [a_group(path, "/b.jpg")])))

    assert rows[0]["path"] == str(Path(path))
    assert len(rows) == 2


def test_odd_bytes_of_a_name_come_back_from_csv(tmp_path: Path) -> None:
    name = os.fsdecode(b"/pictures/caf\xe9.jpg")

    export.save_text(tmp_path / "out.csv", lambda stream: export.write_scan_csv(stream, [a_group(name)]))

    assert b"/pictures/caf\xe9.jpg" in (tmp_path / "out.csv").read_bytes()


# ---------------------------------------------------------------------- files


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    target.chmod(0o640)

    export.save_text(target, lambda stream: stream.write("new"))  # type: ignore[arg-type, return-value]

    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")

    def run_out_of_space(stream: TextIO) -> None:
        stream.write("ne")
        raise OSError(28, "No space left on device")

    with pytest.raises(ExportError, match=r"out\.csv cannot be written: No space left on device"):
        export.save_text(target, run_out_of_space)

    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "real.csv", tmp_path / "link.csv"
    target.write_text("old")
    link.symlink_to(target)

    export.save_text(link, lambda stream: stream.write("new"))  # type: ignore[arg-type, return-value]

    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_device_is_written_to_and_not_replaced() -> None:
    device = Path(os.devnull)

    export.check_writable(device)
    export.save_text(device, lambda stream: stream.write("new"))  # type: ignore[arg-type, return-value]

    assert device.is_char_device()


def test_what_cannot_be_written_is_known_beforehand(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="there is no folder"):
        export.check_writable(tmp_path / "missing" / "out.csv")
    with pytest.raises(ExportError, match="is a folder"):
        export.check_writable(tmp_path)
    with pytest.raises(ExportError, match="cannot be written"):
        export.check_writable(tmp_path / ("x" * 300))
    export.check_writable(tmp_path / "out.csv")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_known_beforehand(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ExportError, match="you may not write"):
            export.check_writable(tmp_path / "out.csv")
    finally:
        tmp_path.chmod(0o700)
