"""Every recipe learns, and the region terms know what shows what."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.training.loop import take_step
from core.training.regions import REGIONS
from core.training.relations import relate
from core.training.samples import PairTask, Showing, make_pair, make_pairs
from core.training.settings import DESCRIPTOR_RECIPES, RECIPES, TrainingSettings
from core.training.task import Task

torch = pytest.importorskip("torch")

MakeSettings = Callable[..., TrainingSettings]
TaskOf = Callable[[TrainingSettings], Task]


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_loss_falls(make_settings: MakeSettings, task_of: TaskOf, recipe: str) -> None:
    settings = make_settings(recipe=recipe, steps=10, warm_up=1, learning_rate=1e-3, head_rate=1e-3)
    task = task_of(settings)
    batch = next(task.batches(0))
    losses = [sum(take_step(task, batch, settings).values()) for _ in range(8)]
    assert min(losses[-3:]) < losses[0]


def test_only_what_shall_be_trained_moves(make_settings: MakeSettings, task_of: TaskOf) -> None:
    settings = make_settings(frozen_blocks=3)
    task = task_of(settings)
    before = {name: value.clone() for name, value in task.network.named_parameters()}
    take_step(task, next(task.batches(0)), settings)
    moved = {name for name, value in task.network.named_parameters() if not torch.equal(value, before[name])}
    assert "projection.weight" in moved
    assert any(name.startswith("backbone.blocks.10.project") for name in moved)
    assert not any(name.startswith(("backbone.stem", "backbone.blocks.0.", "backbone.blocks.2.")) for name in moved)
    assert not any(name.endswith("depthwise.weight") for name in moved)


@pytest.mark.parametrize(
    ("side", "stride", "height", "width"), [(3, 1, 8, 8), (5, 1, 8, 6), (3, 2, 8, 12), (5, 2, 8, 8)]
)
def test_the_fast_depthwise_gradient_is_the_true_one(side: int, stride: int, height: int, width: int) -> None:
    from core.training.depthwise import DepthwiseConvolution

    torch.manual_seed(0)
    layer = DepthwiseConvolution(4, side, stride).double()
    torch.nn.init.normal_(layer.weight)
    values = torch.randn(2, 4, height, width, dtype=torch.float64, requires_grad=True)
    fast = layer(values)
    upstream = torch.randn_like(fast)
    gradients = torch.autograd.grad(fast, [values, layer.weight, layer.bias], upstream)
    padded = torch.nn.functional.pad(values, (layer.low, layer.high, layer.low, layer.high))
    plain = torch.nn.functional.conv2d(padded, layer.weight, layer.bias, stride, 0, 1, 4)
    expected = torch.autograd.grad(plain, [values, layer.weight, layer.bias], upstream)
    assert torch.allclose(fast, plain)
    for found, true in zip(gradients, expected, strict=True):
        assert torch.allclose(found.double(), true, atol=1e-6)


def _task(settings: TrainingSettings, step: int, slot: int) -> PairTask:
    paths = sorted(settings.pictures[0].glob("*.jpg"))
    return PairTask(settings.seed, step, slot, 64, tuple(paths[:8]))


def test_pairs_depend_on_seed_step_and_slot_alone(make_settings: MakeSettings) -> None:
    settings = make_settings()
    alone = make_pair(_task(settings, 3, 5))
    among = make_pairs([_task(settings, 3, slot) for slot in range(8)])[5]
    assert np.array_equal(alone.copy, among.copy)
    assert alone.showings == among.showings
    assert not np.array_equal(alone.copy, make_pair(_task(settings, 4, 5)).copy)


def test_composites_show_their_sources_where_they_say(make_settings: MakeSettings) -> None:
    settings = make_settings()
    composites = [pair for step in range(30) if (pair := make_pair(_task(settings, step, 1))).composite]
    assert composites
    for pair in composites:
        assert len({showing.source for showing in pair.showings}) >= 1
        for showing in pair.showings:
            for left, top, right, bottom in (showing.copy_box, showing.source_box):
                assert 0 <= left < right <= 1
                assert 0 <= top < bottom <= 1


def test_a_quarter_of_a_collage_asks_its_region_to_agree(make_settings: MakeSettings) -> None:
    from dataclasses import replace

    pair = make_pair(_task(make_settings(), 0, 0))
    quarter = Showing(0, (0.5, 0.0, 1.0, 0.5), (0.0, 0.0, 1.0, 1.0), 0.25)
    other = Showing(1, (0.0, 0.0, 0.5, 0.5), (0.0, 0.0, 1.0, 1.0), 0.25)
    plain = Showing(1, (0.0, 0.0, 1.0, 1.0), (0.0, 0.0, 1.0, 1.0), 1.0)
    relations = relate(
        [
            replace(pair, showings=(quarter, other), composite=True),
            replace(pair, showings=(plain,), composite=False),
        ]
    )
    assert relations.related.tolist() == [[True, True], [False, True]]
    assert relations.weights.tolist() == [[0.5, 0.5], [0.0, 1.0]]
    regions = {(copy, source): REGIONS[region] for copy, region, source in relations.copy_regions}
    assert regions == {(0, 0): (0.5, 0.0, 1.0, 0.5), (0, 1): (0.0, 0.0, 0.5, 0.5)}


def test_agreeing_descriptors_cost_less(make_settings: MakeSettings) -> None:
    from core.training.losses import LOSSES, Described

    settings = make_settings()
    pairs = make_pairs([_task(settings, 0, slot) for slot in range(6)])
    plain = [Showing(slot, (0.0, 0.0, 1.0, 1.0), (0.0, 0.0, 1.0, 1.0), 1.0) for slot in range(6)]
    from dataclasses import replace

    relations = relate(
        [replace(pair, showings=(show,), composite=False) for pair, show in zip(pairs, plain, strict=True)]
    )
    unit = torch.eye(6)
    regions = unit[:, None].repeat(1, len(REGIONS), 1)
    for recipe in DESCRIPTOR_RECIPES:
        good = sum(LOSSES[recipe](Described(unit, unit, regions, regions), relations, settings).values())
        bad = sum(LOSSES[recipe](Described(unit, unit.roll(1, 0), regions, regions), relations, settings).values())
        assert float(good) < float(bad)
