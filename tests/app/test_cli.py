"""The command line as people and scripts meet it: commands, exit codes, what goes to which stream."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import cli
from app.__main__ import main
from app.arguments import options
from core.evaluation.speed import Stopwatch, describing_speeds
from core.events import Event, Progress
from core.features import registry
from core.presets import PRESETS

ROOT = Path(__file__).parents[2]


def run_process(*arguments: str | bytes, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "app", *arguments], cwd=ROOT, capture_output=True, timeout=100, **options
    )


@pytest.fixture(autouse=True)
def own_home(home: Path) -> Path:
    """The one home that all tests have; those of the window make another."""
    return home


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


# ---------------------------------------------------------------------- help and usage


def test_help_answers_without_loading_anything_slow() -> None:
    code = (
        "import sys\nfrom app.__main__ import main\n"
        "try: main([COMMAND, '--help'] if COMMAND else ['--help'])\n"
        "except SystemExit as end: print(end.code)\n"
        "print(sorted(name.split('.')[0] for name in sys.modules))"
    )
    for command in ("", "scan"):
        text = code.replace("COMMAND", repr(command))
        result = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True)

        *_, exit_code, modules = result.stdout.splitlines()
        assert exit_code == "0"
        for slow in ("core", "numpy", "cv2", "PIL", "PySide6", "torch", "tqdm", "importlib.metadata"):
            assert f"'{slow}'" not in modules


def test_help_lists_the_commands_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    text = capsys.readouterr().out
    for command in ("index", "watch", "scan", "search", "compare", "catalog", "methods", "formats"):
        assert f"    {command} " in text


def test_the_version_is_the_projects(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])

    assert end.value.code == 0
    assert capsys.readouterr().out == "twinsight 0.1.0\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["find"],
        ["scan"],
        ["scan", "library", "--preset", "best"],
        ["scan", "library", "--prese", "fast"],
        ["scan", "library", "--workers", "0"],
        ["scan", "library", "--csv", ""],
        ["scan", "library", "--csv", "-", "--json", "-"],
        ["search", "query.jpg"],
        ["search", "--library", "library"],
        ["evaluate", "--dataset", "pictures"],
        ["evaluate", "--dataset", "pictures", "--truth", "truth.csv", "--plot", "curves.pdf"],
        ["search", "query.jpg", "--library", "library", "--top", "many"],
        ["compare", "a.jpg"],
        ["compare", "a.jpg", "b.jpg", "--overlay", "proof.jpg"],
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)

    assert end.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_the_parser_knows_the_presets_of_the_engine() -> None:
    assert set(options.PRESETS) == set(PRESETS)


def test_a_catalog_can_be_named_before_and_after_the_command() -> None:
    assert cli.parse(["--catalog", "c.db", "scan", "library"]).catalog == Path("c.db")
    assert cli.parse(["scan", "library", "--catalog", "c.db"]).catalog == Path("c.db")
    assert cli.parse(["scan", "library"]).catalog is None


# ---------------------------------------------------------------------- scan


def test_scan_prints_the_groups_as_a_table(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", str(library), "--preset", "fast"]) == 0

    printed = capsys.readouterr()
    groups = printed.out.split("\n\n")[:-1]
    assert len(groups) == 2
    china = next(group for group in groups if "china" in group)
    assert "3 files" in china
    assert china.count("could go") == 2
    assert "same file" in china
    assert str(library / "copies" / "china small.jpg") in china
    assert "3 copies in 2 groups" in printed.out
    assert printed.err.splitlines() == [f"skipped: {library / 'broken.jpg'}: {reason_in(printed.err)}"]


def reason_in(line: str) -> str:
    reason = line.strip().rpartition(": ")[2]
    assert reason
    return reason


def test_scan_keeps_stdout_for_the_machine(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", str(library), "--preset", "fast", "--json", "-"]) == 0

    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert document["library"] == [str(library)]
    assert document["images"] == 6
    assert [item["path"] for item in document["skipped"]] == [str(library / "broken.jpg")]
    assert sorted(len(group["members"]) for group in document["groups"]) == [2, 3]
    assert "3 copies in 2 groups" in printed.err


def test_scan_writes_the_same_groups_as_csv_and_json(library: Path, out: Path) -> None:
    arguments = ["--csv", str(out / "groups.csv"), "--json", str(out / "groups.json")]
    assert main(["scan", str(library), "--preset", "fast", *arguments]) == 0

    with (out / "groups.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    document = json.loads((out / "groups.json").read_text())
    members = [
        (group["id"], member["path"], member["relation"]) for group in document["groups"] for member in group["members"]
    ]
    assert [(row["id"], row["path"], row["relation"]) for row in rows] == members
    assert len(members) == 5


def test_a_second_scan_reads_no_picture_again(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", str(library), "--preset", "fast"]) == 0
    assert "7 files read." in capsys.readouterr().out

    assert main(["index", str(library), "--preset", "fast"]) == 0
    assert "0 files read." in capsys.readouterr().out


def test_another_catalog_than_the_users_own_can_be_used(library: Path, out: Path, home: Path) -> None:
    assert main(["index", str(library), "--preset", "fast", "--catalog", str(out / "other.db")]) == 0

    assert (out / "other.db").exists()
    assert list(home.rglob("catalog*")) == []


# ---------------------------------------------------------------------- search, compare, methods


def test_search_finds_the_copies_of_a_picture(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    query = library / "copies" / "cat turned.png"

    assert main(["search", str(query), "--library", str(library), "--preset", "fast", "--json", "-"]) == 0

    (answer,) = json.loads(capsys.readouterr().out)["queries"]
    assert Path(answer["query"]).name == "cat turned.png"
    found = {Path(match["path"]).name for match in answer["matches"] if match["score"] >= 0.5}
    assert "cat.png" in found


def test_a_submission_names_the_best_match_of_each_query(library: Path, out: Path) -> None:
    queries = [str(library / "copies" / name) for name in ("china small.jpg", "cat turned.png")]
    originals = out / "originals"
    originals.mkdir()
    for name in ("china.jpg", "cat.png", "flower.jpg"):
        (library / name).rename(originals / name)

    arguments = ["--library", str(originals), "--preset", "fast", "--submission", str(out / "best.csv")]
    assert main(["search", *queries, *arguments]) == 0

    assert (out / "best.csv").read_text() == ("source,target\nchina.jpg,china small.jpg\ncat.png,cat turned.png\n")


def test_search_prints_the_ranked_matches(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", str(library / "china.jpg"), "--library", str(library), "--preset", "fast"]) == 0

    printed = capsys.readouterr().out
    assert f"{library / 'china.jpg'}: " in printed
    assert "china small.jpg" in printed
    assert "Proven matches for 1 of 1 query." in printed


def test_compare_says_what_two_pictures_are_and_draws_it(
    library: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = [str(library / "china.jpg"), str(library / "copies" / "china small.jpg")]

    assert main(["compare", *pair, "--overlay", str(out / "proof.png"), "--json", str(out / "proof.json")]) == 0

    from PIL import Image

    assert "re-encoded" in capsys.readouterr().out
    document = json.loads((out / "proof.json").read_text())
    assert document["relation"] == "re-encoded"
    with Image.open(out / "proof.png") as sheet:
        assert sheet.width > 2 * sheet.height


def test_compare_says_so_when_two_pictures_have_nothing_in_common(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(library / "china.jpg"), str(library / "cat.png")]) == 0

    assert capsys.readouterr().out.startswith("not the same picture")


def test_the_overlay_never_replaces_one_of_the_pictures(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cat = library / "cat.png"
    before = cat.read_bytes()

    assert main(["compare", str(library / "china.jpg"), str(cat), "--overlay", str(cat)]) == 1

    assert cat.read_bytes() == before
    assert "is one of the two pictures" in capsys.readouterr().err


def test_a_catalog_is_checked_backed_up_and_repaired(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog = tmp_path / "catalog.db"
    assert main(["--catalog", str(catalog), "scan", str(library), "--preset", "fast"]) == 0
    capsys.readouterr()
    assert main(["catalog", "check", "--catalog", str(catalog)]) == 0
    assert "is whole" in capsys.readouterr().out
    assert main(["--catalog", str(catalog), "catalog", "backup"]) == 0
    assert "SHA-256" in capsys.readouterr().out
    data = bytearray(catalog.read_bytes())
    data[8192:] = b"\xa5" * (len(data) - 8192)
    catalog.write_bytes(data)
    assert main(["catalog", "check", "--catalog", str(catalog)]) == 1
    assert "twinsight catalog repair" in capsys.readouterr().err
    assert main(["catalog", "repair", "--catalog", str(catalog)]) == 0
    assert "is kept as" in capsys.readouterr().out
    assert main(["catalog", "check", "--catalog", str(catalog)]) == 0


def test_formats_say_what_reads_them_and_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.decoding.formats._installed", lambda module: module != "rawpy")
    assert main(["formats"]) == 0
    lines = {line.split("  ")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "OpenCV" in lines["JPEG"] and " jpeg " in lines["JPEG"]
    assert "needs rawpy" in lines["Camera RAW"]


def test_methods_are_those_of_the_registry(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["methods", "--no-speed"]) == 0

    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    named = {words[0] for words in lines}
    assert set(registry.methods()) <= named
    assert {"histogram-then-keypoints", "vlad+alpha-qe", "hsv-histogram:chi-square"} <= named


def test_methods_as_json_name_their_papers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["methods", "--no-speed", "--json", "-"]) == 0

    listed = json.loads(capsys.readouterr().out)["methods"]
    (vlad,) = (row for row in listed if row["specification"] == "vlad")
    assert "CVPR 2010" in vlad["source"]
    assert vlad["bytes_per_picture"] == 32768


def test_speeds_are_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = dict(describing_speeds(["average-hash", "gray-histogram"]))
    monkeypatch.setattr(Stopwatch, "pictures_per_second", lambda *_: pytest.fail("measured again"))

    assert dict(describing_speeds(["average-hash", "gray-histogram"])) == first
    assert all(rate is not None and rate > 0 for rate in first.values())


def test_a_leaderboard_as_table_csv_and_drawing(library: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = out / "truth.csv"
    truth.write_text("query,picture\nchina small.jpg,china.jpg\ncat turned.png,cat.png\n")
    arguments = ["evaluate", "--dataset", str(library), "--truth", str(truth), "--methods", "pdq,average-hash"]
    files = ["--csv", str(out / "rows.csv"), "--plot", str(out / "curves.svg")]

    assert main([*arguments, "--sort", "name"]) == 0
    table = capsys.readouterr().out
    assert main([*arguments, *files]) == 0

    assert [line.split()[0] for line in table.splitlines()[:3]] == ["method", "average-hash", "pdq"]
    with (out / "rows.csv").open(newline="") as stream:
        rows = {row["method"]: float(row["recall_at_1"]) for row in csv.DictReader(stream)}
    # PDQ is compared in all eight orientations, the average hash is not.
    assert rows == {"pdq": 1.0, "average-hash": 0.5}
    assert (out / "curves.svg").read_text().startswith("<svg")


def test_the_cost_of_compression(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compression", str(library), "--indexes", "pq@8,hnsw"]) == 1
    assert "needs at least 20 pictures" in capsys.readouterr().err


# ---------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["scan", "/no/such/folder"], "/no/such/folder"),
        (["scan", "{library}", "--csv", "/no/such/folder/out.csv"], "there is no folder"),
        (["scan", "{library}", "--csv", "{library}/cat.png"], "is the name of a picture"),
        (["search", "/no/such/query.jpg", "--library", "{library}", "--preset", "fast"], "query.jpg"),
        (["search", "{library}/cat.png", "--library", "{library}", "--method", "phash"], "phash"),
        (["index", "{library}", "--method", "nonsense"], "nonsense"),
        (["compare", "{library}/cat.png", "{library}/broken.jpg"], "broken.jpg"),
        (["scan", "{library}", "--catalog", "{library}/cat.png"], "cat.png"),
    ],
)
def test_a_failure_is_one_line_on_stderr_and_exit_code_1(
    arguments: list[str], words: str, library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (library / "cat.png").read_bytes()

    assert main([argument.format(library=library) for argument in arguments]) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert printed.err.startswith("twinsight: ")
    assert words in printed.err
    assert (library / "cat.png").read_bytes() == before


def test_an_interruption_closes_the_job_and_ends_with_130(
    library: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = []

    def interrupted_job(*_: object) -> Iterator[Event]:
        try:
            yield Progress("Describing", 1, 7, 0.1)
            yield Progress("Describing", 2, 7, 0.2)
        finally:
            closed.append(True)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.commands.scan.find_duplicates", interrupted_job)
    monkeypatch.setattr("app.terminal.ProgressLine.show", interrupt)

    assert main(["scan", str(library)]) == 130

    assert closed == [True]
    assert "What was done is kept" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no closed pipes of this kind")
def test_a_reader_that_has_had_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        result = subprocess.run(
            [sys.executable, "-m", "app", "methods"],
            cwd=ROOT,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=100,
        )
    finally:
        os.close(writing)

    assert (result.returncode, result.stderr) == (0, b"")


def test_names_cannot_send_codes_to_the_terminal(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (library / "broken.jpg").rename(library / "\x1b[2J\x1b]0;owned\x07.jpg")
    (library / "china.jpg").rename(library / "\x1b[31mchina\n.jpg")

    assert main(["scan", str(library), "--preset", "fast"]) == 0

    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err
    assert "\\x1b[31mchina\\x0a.jpg" in printed.out
    assert "\\x1b[2J" in printed.err


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are no Unicode")
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_names_with_odd_bytes_come_through(library: Path, encoding: str) -> None:
    odd = os.path.join(os.fsencode(library), b"caf\xe9 \xe6\x9d\xb1.jpg")  # noqa: PTH118 - bytes
    os.rename(library / "china.jpg", odd)  # noqa: PTH104
    environment = os.environ | {"PYTHONIOENCODING": encoding}

    table = run_process("scan", str(library), "--preset", "fast", env=environment)
    machine = run_process("scan", str(library), "--preset", "fast", "--csv", "-", env=environment)

    assert (table.returncode, machine.returncode) == (0, 0)
    assert b"caf\\xe9 " in table.stdout
    assert odd in machine.stdout


def test_nothing_on_board_keeps_an_identifier_to_report_home(home: Path) -> None:
    code = (
        "import app.__main__, onnxruntime\n"
        "from onnx import TensorProto, helper\n"
        "x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in 'xy')\n"
        "graph = helper.make_graph([helper.make_node('Identity', ['x'], ['y'])], 'graph', [x], [y])\n"
        "opset = [helper.make_opsetid('', 17)]\n"
        "model = helper.make_model(graph, opset_imports=opset, ir_version=10).SerializeToString()\n"
        "onnxruntime.InferenceSession(model, providers=['CPUExecutionProvider'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)

    assert [path for path in home.rglob("*") if path.is_file()] == []
