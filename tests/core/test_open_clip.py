"""open_clip and timm can be imported, whatever torchvision stands beside PyTorch."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from core import _open_clip
from core.records import ModelError


def run(code: str) -> str:
    answer = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    return answer.stdout.strip()


@pytest.mark.slow
def test_open_clip_timm_and_transforms_can_be_imported_in_a_fresh_process() -> None:
    code = (
        "from core._open_clip import import_open_clip, import_timm\n"
        "print(len(import_open_clip().list_models()) > 50, len(import_timm().list_models()) > 500)\n"
        "from torchvision.transforms import Resize, Compose"
    )
    assert run(code) == "True True"


def test_a_torchvision_without_its_operators_is_mended() -> None:
    """Stands in for the unlucky pair where this environment has a matching one, and the other way round."""
    code = (
        "import importlib, sys\n"
        "from core import _open_clip\n"
        "real, tried = importlib.import_module, []\n"
        "def fails_once(name, *rest):\n"
        "    tried.append(name)\n"
        "    if tried == ['torchvision']:\n"
        "        sys.modules['torchvision.half'] = sys\n"
        "        raise RuntimeError('operator torchvision::nms does not exist')\n"
        "    return real(name, *rest) if name != 'torchvision' else sys\n"
        "importlib.import_module = fails_once\n"
        "declared = _open_clip.mend_torchvision()\n"
        "import torch\n"
        "print(tried, 'torchvision.half' in sys.modules, hasattr(torch.ops.torchvision, 'nms'))\n"
        "print(_open_clip.mend_torchvision() is declared)"
    )
    assert run(code) == "['torchvision', 'torchvision'] False True\nTrue"


def test_another_error_of_torchvision_is_not_hidden() -> None:
    code = (
        "import importlib\n"
        "from core import _open_clip\n"
        "def fails(name): raise RuntimeError('out of memory')\n"
        "importlib.import_module = fails\n"
        "try: _open_clip.mend_torchvision()\n"
        "except RuntimeError as error: print(error)"
    )
    assert run(code) == "out of memory"


def test_a_package_that_is_missing_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(ModelError, match="timm cannot be imported: run `pip install timm`"):
        _open_clip.import_timm()


def test_quietly_keeps_warnings_from_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    handlers = logging.getLogger().handlers[:]
    with _open_clip.quietly():
        logging.warning("no weights")
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger().handlers == handlers
    assert logging.getLogger("core").isEnabledFor(logging.WARNING)
