"""Training can be followed, cancelled, killed and resumed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.events import Progress
from core.records import ModelError
from core.training.__main__ import main
from core.training.loop import begin, rate_at, read_metrics, train
from core.training.metrics import Recall, TrainingDone, TrainingMetrics
from core.training.settings import RECIPES, TrainingSettings, read_settings

pytest.importorskip("torch")
from core.training.descriptor_task import DescriptorTask

MakeSettings = Callable[..., TrainingSettings]


def _weights(run: Path) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    return load_file(run / json.loads((run / "state.json").read_text())["checkpoint"])


def test_a_run_reports_every_step_and_ends_with_its_best(make_settings: MakeSettings) -> None:
    settings = make_settings(evaluate_every=2)
    events = list(train(settings))
    metrics = [event for event in events if isinstance(event, TrainingMetrics)]
    assert [event.step for event in metrics] == [0, 1, 2, 3, 4]
    assert [event.step for event in metrics if event.recall] == [0, 2, 4]
    progress = [event for event in events if isinstance(event, Progress) and event.stage == "Training"]
    assert [event.done for event in progress] == [1, 2, 3, 4]
    done = events[-1]
    assert isinstance(done, TrainingDone)
    assert done.steps == 4
    assert (settings.run / "best.safetensors").exists()
    assert read_settings(settings.run) == settings


@pytest.mark.parametrize(("recipe", "workers"), [*((recipe, 0) for recipe in RECIPES), ("sscd", 1)])
def test_a_resumed_run_equals_an_unbroken_one_bit_for_bit(
    make_settings: MakeSettings, recipe: str, workers: int
) -> None:
    unbroken = make_settings("unbroken", recipe=recipe, workers=workers, sides=((0.0, 64),))
    for _ in train(unbroken):
        pass
    broken = make_settings("broken", recipe=recipe, workers=0, sides=((0.0, 64),))
    events = train(broken)
    for event in events:
        if isinstance(event, TrainingMetrics) and event.step == 3:
            break  # after the checkpoint of step 2: step 3 is lost and done again
    events.close()  # type: ignore[attr-defined]
    assert json.loads((broken.run / "state.json").read_text())["step"] == 2
    for _ in train(broken):
        pass
    first, second = _weights(unbroken.run), _weights(broken.run)
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)
    rows = [json.loads(row) for row in (broken.run / "metrics.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [0, 1, 2, 3, 4]


def test_a_run_that_was_killed_loses_no_more_than_one_checkpoint(make_settings: MakeSettings) -> None:
    unbroken = make_settings("unbroken", evaluate_every=1)
    for _ in train(unbroken):
        pass
    killed = make_settings("killed", evaluate_every=1)
    begin(killed)
    command = [sys.executable, "-m", "core.training", "train", "--run", str(killed.run)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if " step 3 " in line:
                process.kill()
    assert process.returncode < 0
    assert json.loads((killed.run / "state.json").read_text())["step"] >= 2
    for _ in train(killed):
        pass
    first, second = _weights(unbroken.run), _weights(killed.run)
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_processes_that_make_pairs_end_with_a_run_that_was_killed(make_settings: MakeSettings) -> None:
    killed = make_settings(steps=500, evaluate_every=1, workers=2)
    begin(killed)
    command = [sys.executable, "-m", "core.training", "train", "--run", str(killed.run)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if " step 2 " in line)
        process.kill()
        # The pipe ends once nobody is left who could write to it.
        process.communicate(timeout=30)


def test_a_folder_with_another_run_is_not_gone_on_with(make_settings: MakeSettings) -> None:
    begin(make_settings(recipe="simclr"))
    with pytest.raises(ModelError, match="holds a run with recipe 'simclr', not 'triplet'"):
        begin(make_settings(recipe="triplet"))


def test_the_curve_of_a_run_can_be_read_back(make_settings: MakeSettings) -> None:
    settings = make_settings(steps=2, evaluate_every=2)
    seen = [event for event in train(settings) if isinstance(event, TrainingMetrics)]
    read = read_metrics(settings.run)
    assert [metrics.step for metrics in read] == [0, 1, 2]
    assert read[1:] == seen[1:]
    assert read[0].recall == seen[0].recall


def test_a_kill_while_writing_leaves_the_last_checkpoint_usable(make_settings: MakeSettings) -> None:
    settings = make_settings()
    for event in train(settings):
        if isinstance(event, TrainingMetrics) and event.step == 3:
            break
    (settings.run / "checkpoint-000004.safetensors.new").write_bytes(b"half a file")
    (settings.run / "state.json.new").write_text('{"checkpoint": "che')
    with (settings.run / "metrics.jsonl").open("a") as stream:
        stream.write('{"step": 3, "lo')
    steps = [event.step for event in train(settings) if isinstance(event, TrainingMetrics)]
    assert steps == [3, 4]


def test_a_damaged_checkpoint_is_said_not_trained_on(make_settings: MakeSettings) -> None:
    settings = make_settings(steps=2)
    for _ in train(settings):
        pass
    next(settings.run.glob("checkpoint-*.safetensors")).write_bytes(b"garbage")
    with pytest.raises(ModelError, match="checkpoint cannot be used"):
        list(train(settings))


def test_nothing_in_a_run_folder_is_a_pickle(make_settings: MakeSettings) -> None:
    settings = make_settings(steps=2)
    for _ in train(settings):
        pass
    endings = {path.suffix for path in settings.run.iterdir() if path.is_file()}
    assert endings <= {".safetensors", ".json", ".jsonl"}
    for path in settings.run.glob("*.safetensors"):
        head = path.read_bytes()[:9]
        assert head[8:9] == b"{", "safetensors start with the length of their JSON header"


def test_a_run_that_gets_no_better_ends_early(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    falling = iter(Recall(value, 1.0, value, 1.0) for value in (0.5, 0.9, 0.8, 0.7, 0.6, 0.5))
    monkeypatch.setattr(DescriptorTask, "evaluate", lambda task: next(falling))
    done = list(train(make_settings(steps=20, evaluate_every=1, patience=2)))[-1]
    assert isinstance(done, TrainingDone)
    assert (done.steps, done.best_step) == (3, 1)
    assert done.recall.at_1 == 0.9


def test_too_few_pictures_are_refused(make_settings: MakeSettings, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="at least 8 different pictures"):
        list(train(make_settings(pictures=(tmp_path,))))


def test_unknown_recipes_and_sides_are_refused(make_settings: MakeSettings) -> None:
    with pytest.raises(ModelError, match="no recipe 'alchemy'"):
        make_settings(recipe="alchemy")
    with pytest.raises(ModelError, match="multiples of 32"):
        make_settings(sides=((0.0, 100),))


def test_the_rate_rises_and_falls(make_settings: MakeSettings) -> None:
    settings = make_settings(steps=100, warm_up=10)
    rates = [rate_at(settings, step) for step in range(100)]
    assert rates[0] == pytest.approx(settings.learning_rate / 10)
    assert max(rates) == pytest.approx(settings.learning_rate)
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert rates[-1] < settings.learning_rate / 100


def test_sides_grow_with_the_run(make_settings: MakeSettings) -> None:
    settings = make_settings(steps=10, sides=((0.0, 32), (0.5, 64)))
    assert [settings.side_at(step) for step in (0, 4, 5, 9)] == [32, 32, 64, 64]


def test_the_command_line_trains_and_explains_errors(
    picture_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = tmp_path / "run"
    small = "--weights random --pairs 4 --sides 0:32 --held-out 4 --distractors 4 --threads 1 --workers 0"
    where = ["--run", str(run), "--pictures", str(picture_folder)]
    assert main(["train", *where, "--steps", "1", "--whiten", "no", *small.split()]) == 0
    assert (run / "best.safetensors").exists()
    assert main(["train", "--run", str(tmp_path / "none"), "--pictures", str(tmp_path / "nowhere")]) == 1
    assert "there is no such folder" in caplog.text
