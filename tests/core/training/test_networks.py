"""The networks look where they say they look, and any of timm's can be trained."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from core.edits.base import project
from core.records import ModelError
from core.training.export import agreement, export, square_pictures
from core.training.samples import PairTask
from core.training.views import make_view_pair, turn_of

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("name", ["resnet10t", "vit_tiny_patch16_224"])
def test_networks_of_timm_become_models(name: str, picture_folder: Path, tmp_path: Path) -> None:
    from core.training.network import build

    network = build(f"timm:{name}", "random", 16, 0, False).eval()
    pictures = square_pictures(sorted(picture_folder.glob("*.jpg"))[:2], 96)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # timm's own
        export(network, tmp_path / "model.onnx", "float16", side=96)
    found = agreement(network, tmp_path / "model.onnx", pictures)
    assert found.descriptor > 0.999
    assert found.regions > 0.999


def test_networks_and_weights_that_are_not_there_are_said() -> None:
    from core.training.network import build

    with pytest.raises(ModelError, match="no model 'nonsense'"):
        build("timm:nonsense", "random", 16, 0, False)
    with pytest.raises(ModelError, match="weights of resnet18 are missing"):
        build("timm:resnet18", "", 16, 0, False)


def test_views_show_the_same_where_the_homography_says(picture_folder: Path) -> None:
    paths = tuple(sorted(picture_folder.glob("*.jpg"))[:8])
    differences = []
    for slot in range(8):
        pair = make_view_pair(PairTask(1, 3, slot, 96, paths))
        again = make_view_pair(PairTask(1, 3, slot, 96, paths))
        assert np.array_equal(pair.second, again.second)
        points = np.array([(x, y) for x in range(20, 80, 10) for y in range(20, 80, 10)], np.float64)
        moved = project(pair.homography, points)
        seen = ((moved > 2) & (moved < 93)).all(1)
        first = pair.first[points[seen, 1].astype(int), points[seen, 0].astype(int)].astype(float)
        second = pair.second[moved[seen, 1].round().astype(int), moved[seen, 0].round().astype(int)].astype(float)
        differences.append(np.corrcoef(first.ravel(), second.ravel())[0, 1])
    assert np.median(differences) > 0.8


def test_a_turn_and_a_zoom_are_read_off_a_homography() -> None:
    angle, zoom = np.deg2rad(40), 1.5
    cosine, sine = zoom * np.cos(angle), zoom * np.sin(angle)
    homography = np.array([[cosine, -sine, 3.0], [sine, cosine, -2.0], [0.0, 0.0, 1.0]])
    turns, zooms = turn_of(homography, np.array([[5.0, 7.0], [50.0, 20.0]]))
    assert turns == pytest.approx(angle)
    assert zooms == pytest.approx(zoom)


def test_the_spatial_transformer_turns_with_the_picture() -> None:
    from core.training.lift_network import crop

    torch.manual_seed(0)
    pixels = torch.nn.functional.interpolate(255 * torch.rand(1, 1, 16, 16), size=(65, 65), mode="bicubic")
    middle, size = torch.full((1, 1, 2), 32.0), torch.full((1, 1), 30.0)
    straight = crop(pixels, middle, size, torch.tensor([[[1.0, 0.0]]]))
    # A quarter turn clockwise takes the direction (1, 0) to (0, 1), as the y axis points down.
    turned = crop(torch.rot90(pixels, -1, (2, 3)), middle, size, torch.tensor([[[0.0, 1.0]]]))
    assert torch.allclose(straight, turned, atol=1e-3)


def test_a_place_of_the_feature_map_looks_at_its_pixel() -> None:
    from core.training.delf_network import OFFSET, STRIDE, DelfNetwork

    torch.manual_seed(0)
    network = DelfNetwork(False)
    picture = torch.full((1, 3, 160, 160), 127.5)
    plain = network.features(picture)
    row, column = 9, 10
    seen = []
    for shift in (-24, 0, 24):
        spotted = picture.clone()
        x, y = int(column * STRIDE + OFFSET) + shift, int(row * STRIDE + OFFSET)
        spotted[:, :, y - 1 : y + 2, x - 1 : x + 2] = 255.0
        seen.append(float((network.features(spotted) - plain)[0, :, row, column].norm()))
    assert seen[1] > max(seen[0], seen[2])
    assert seen[0] == pytest.approx(seen[2], rel=0.15), "what lies to either side counts alike"
