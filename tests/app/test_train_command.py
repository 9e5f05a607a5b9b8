"""``twinsight train`` and ``twinsight models``, as they are typed."""

from __future__ import annotations

import io
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.__main__ import main
from app.terminal_plot import LivePlot, chart
from app.training_line import TrainingLine
from core._cv import cv2
from core.catalog import Catalog
from core.events import Progress
from core.training.metrics import Recall, TrainingMetrics


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Twelve pictures of coloured blobs, no two alike."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(12):
        cells = np.random.default_rng(number).integers(0, 256, (5, 6, 3)).astype(np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), cv2.resize(cells, (110, 90), interpolation=cv2.INTER_CUBIC))
    return folder


def test_a_model_is_trained_installed_listed_exported_and_removed(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine.onnx"
    small = "--recipe triplet --weights random --steps 1 --pairs 4 --side 32 --dimension 16 --threads 1 --workers 0"
    assert main(["train", str(pictures), "--out", str(out), "--install", *small.split()]) == 0
    said = capsys.readouterr()
    assert "Installed as mine, version 1." in said.out
    assert "step 1: loss" in said.err
    assert "# mine, version 1" in out.with_suffix(".md").read_text()
    assert main(["models", "list"]) == 0
    assert "mine" in capsys.readouterr().out
    catalog = tmp_path / "catalog.db"
    command = ["--catalog", str(catalog), "scan", str(pictures), "--descriptor", "mine", "--workers", "1"]
    subprocess.run([sys.executable, "-m", "app", *command], check=True, capture_output=True)
    with Catalog(catalog) as known:
        contents = [content.id for content in known.contents([pictures])]
        assert len(list(known.features("mine@1", contents))) == 12
    capsys.readouterr()
    assert main(["scan", str(pictures), "--preset", "fast", "--descriptor", "mine"]) == 1
    assert "fast uses no descriptor" in capsys.readouterr().err
    assert main(["models", "export", "mine", "--out", str(tmp_path / "copy.onnx")]) == 0
    assert main(["models", "remove", "mine"]) == 0
    capsys.readouterr()
    assert main(["models", "list"]) == 0
    assert "mine" not in capsys.readouterr().out
    assert main(["models", "import", str(tmp_path / "copy.onnx"), "--name", "again"]) == 0
    assert "Installed again, version 1" in capsys.readouterr().out


def test_what_is_wrong_is_said_in_one_line(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(pictures)]) == 1
    assert "--out" in capsys.readouterr().err
    assert main(["models", "import", str(pictures / "0.png")]) == 1
    assert "ends in .onnx or .safetensors" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["train", str(pictures), "--recipe", "alchemy"])


def test_a_chart_falls_as_its_values_do() -> None:
    lines = chart([math.nan, 8.0, 4.0, 2.0, 1.0], 40)
    assert len(lines) == 5
    assert lines[0].startswith("         8 ")
    assert lines[-1].startswith("         1 ")
    filled = [sum(len(line) > column and line[column] != " " for line in lines) for column in range(11, 15)]
    assert filled == sorted(filled, reverse=True)
    assert filled[-1] == 1, "the lowest value shows too"
    assert chart([], 40) == [""] * 5
    assert max(map(len, chart(list(range(1000)), 60))) <= 60


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _metrics(step: int, recall: float | None) -> TrainingMetrics:
    found = None if recall is None else Recall(recall, 1.0, recall, 1.0)
    return TrainingMetrics(step, 2.0 / (step or 1), {}, 1e-3, 30.0, found)


def test_curves_grow_in_place_on_a_terminal() -> None:
    stream = _Terminal()
    with TrainingLine(stream, [_metrics(0, 0.5)]) as line:
        line.add(_metrics(1, None))
        line.show(Progress("Training", 1, 10, 2.0))
        line.add(_metrics(2, 0.75))
    text = stream.getvalue()
    assert "recall@1 on held-out copies" in text
    assert "recall@1 0.750" in text
    assert "\x1b[13A" in text, "the second drawing goes back over the first"


def test_nothing_is_drawn_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    with LivePlot(stream) as plot:
        plot.draw([("loss", [1.0, 2.0])], "words")
    assert stream.getvalue() == ""
