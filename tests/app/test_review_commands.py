"""Cleaning up from the command line: nothing is touched unless --commit is said, and undo brings all back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from app.__main__ import main
from core.review.values import Action


@pytest.fixture(autouse=True)
def own_home(home: Path) -> Path:
    """The one home that all tests have; those of the window make another."""
    return home


@pytest.fixture
def plan_file(library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A plan for the library, as --json writes it."""
    path = tmp_path / "plan.json"
    assert main(["plan", str(library), "--preset", "fast", "--json", str(path)]) == 0
    capsys.readouterr()
    return path


def snapshot(folder: Path) -> dict[Path, tuple[bytes, int]]:
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def test_a_plan_says_what_could_go_and_why(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = snapshot(library)

    assert main(["plan", str(library), "--preset", "fast"]) == 0

    printed = capsys.readouterr().out
    assert "the same bytes as china.jpg" in printed
    assert "640 x 427 against 320 x 214" in printed
    assert "Nothing was touched" in printed
    assert snapshot(library) == before


def test_a_plan_is_carried_out_and_undone(library: Path, plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = snapshot(library)

    assert main(["apply", str(plan_file)]) == 0
    assert "2 files, " in capsys.readouterr().out
    assert snapshot(library) == before
    assert main(["apply", str(plan_file), "--commit"]) == 0
    printed = capsys.readouterr().out
    assert "china (1).jpg: to the trash: " in printed
    assert "undo --commit" in printed
    assert len(snapshot(library)) == len(before) - 2

    assert main(["undo", "--list"]) == 0
    assert "2 files" in capsys.readouterr().out
    assert main(["undo"]) == 0
    assert "2 files of clean-up 1 would come back" in capsys.readouterr().out
    assert len(snapshot(library)) == len(before) - 2
    assert main(["undo", "--commit"]) == 0
    assert snapshot(library) == before
    assert main(["undo", "--commit"]) == 1
    assert capsys.readouterr().err == "twinsight: There is nothing to undo.\n"


@pytest.mark.parametrize("action", [each for each in Action if each is not Action.REFLINK])
def test_every_action_is_undone(
    action: Action, library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(library)
    plan = tmp_path / "plan.json"
    assert (
        main(
            [
                "plan",
                str(library),
                "--preset",
                "fast",
                "--action",
                action,
                "--to",
                str(tmp_path / "aside"),
                "--json",
                str(plan),
            ]
        )
        == 0
    )
    document = json.loads(plan.read_text())
    if action is Action.DELETE:
        # What is deleted for good comes back only where its bytes stay.
        document["items"] = [item for item in document["items"] if item["content"] == item["survivor_content"]]
        plan.write_text(json.dumps(document))
        assert main(["apply", str(plan), "--commit"]) == 1
        assert "type: delete 1 file" in capsys.readouterr().err
    assert main(["apply", str(plan), "--commit", "--confirm", "delete 1 file"]) == 0
    assert main(["undo", "--commit"]) == 0

    assert snapshot(library) == before


def test_a_plan_as_csv_has_a_row_for_each_file(library: Path, tmp_path: Path) -> None:
    assert main(["plan", str(library), "--preset", "fast", "--csv", str(tmp_path / "plan.csv")]) == 0

    with (tmp_path / "plan.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {Path(row["path"]).name for row in rows} == {"china (1).jpg", "china small.jpg"}


def test_rules_modes_and_protection_are_options(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["plan", str(library), "--preset", "fast"]

    assert main([*common, "--protect", str(library / "copies")]) == 0
    assert "Nothing could go" not in capsys.readouterr().out
    assert main([*common, "--pairs", "same-folder"]) == 0
    assert "china small.jpg" in capsys.readouterr().out
    assert main([*common, "--against", str(library / "copies")]) == 0
    assert f"{library / 'copies'}" in capsys.readouterr().out
    assert main([*common, "--rules", "shortest-name", "--save-rules", "short"]) == 0
    assert main([*common, "--rules", "short"]) == 0
    capsys.readouterr()
    assert main([*common, "--rules", "prettiest"]) == 1
    assert "no keep rule 'prettiest'" in capsys.readouterr().err


def test_decisions_are_made_listed_exported_imported_and_taken_back(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = [str(library / "china.jpg"), str(library / "copies" / "china small.jpg")]
    assert main(["index", str(library), "--preset", "fast"]) == 0
    assert main(["decisions", "--make", "not-duplicate", *pair]) == 0
    assert "Nothing was changed" in capsys.readouterr().out
    assert main(["decisions", "--make", "not-duplicate", *pair, "--commit"]) == 0
    assert main(["decisions", "--search", "small", "--json", str(tmp_path / "d.json")]) == 0
    assert main(["decisions"]) == 0
    assert "not-duplicate" in capsys.readouterr().out

    assert main(["scan", str(library), "--preset", "fast", "--json", "-"]) == 0
    groups = json.loads(capsys.readouterr().out)["groups"]
    assert "china small.jpg" not in {Path(member["path"]).name for group in groups for member in group["members"]}

    other = ["--catalog", str(tmp_path / "other.sqlite3")]
    assert main(["decisions", "--import", str(tmp_path / "d.json"), *other]) == 0
    assert "Would take over 1 decision" in capsys.readouterr().out
    assert main(["decisions", "--import", str(tmp_path / "d.json"), "--commit", *other]) == 0
    assert main(["decisions", "--undo", "1", *other]) == 0
    assert main(["decisions", "--undo", "1", "--commit", *other]) == 0
    assert "Took back decision 1" in capsys.readouterr().out
    assert main(["decisions", *other]) == 0
    assert capsys.readouterr().out == "No decisions.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan"],
        ["plan", "library", "--action", "burn"],
        ["apply"],
        ["apply", "plan.json", "--resume"],
        ["apply", "plan.json", "--commit", "--dry-run"],
        ["undo", "0"],
        ["decisions", "--undo", "1", "--import", "x"],
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)

    assert end.value.code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["apply", "there-is-no-plan.json"],
        ["plan", "there-is-no-folder"],
        ["decisions", "--make", "maybe", "a", "b"],
        ["decisions", "--make", "keep-both", "a.jpg", "b.jpg", "--commit"],
        ["decisions", "--undo", "7", "--commit"],
        ["decisions", "--import", "nothing.json"],
        ["undo", "9"],
        ["apply", "--resume", "--commit"],
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("twinsight: ")
    assert printed.err.count("\n") == 1
