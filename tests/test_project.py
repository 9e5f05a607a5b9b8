"""The house rules hold, and the checks that guard them really fire."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


# ---------------------------------------------------------------------- the direction of imports


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the code and of its contracts, to break."""
    for package in ("core", "app", "resources"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken_contracts(house: Path) -> list[str]:
    """Names of the contracts that are broken there."""
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
        ],
        cwd=house,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert "Contracts:" in result.stdout, result.stdout + result.stderr
    broken = re.findall(r"^(.+) BROKEN", result.stdout, re.MULTILINE)
    assert (result.returncode != 0) == bool(broken)
    return broken


def test_imports_go_one_way(house: Path) -> None:
    assert broken_contracts(house) == []


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        (
            "core/records.py",
            "from PySide6.QtCore import QObject",
            "The engine knows neither the fronts nor Qt",
        ),
        ("core/records.py", "import shiboken6", "The engine knows neither the fronts nor Qt"),
        ("core/export.py", "from app import cli", "The engine knows neither the fronts nor Qt"),
        ("app/terminal.py", "from PySide6.QtCore import QLocale", "The command line runs without Qt"),
        ("app/commands/scan.py", "from app import words", "The command line runs without Qt"),
        ("core/images.py", "from core import catalog", "Inside the engine imports go one way"),
        ("core/catalog.py", "from core import indexing", "Inside the engine imports go one way"),
    ],
)
def test_an_import_in_the_wrong_direction_is_found(house: Path, module: str, line: str, contract: str) -> None:
    path = house / module
    # Inside a function, where it is easiest to overlook.
    path.write_text(f"{path.read_text()}\n\ndef _wrong() -> None:\n    {line}\n")

    assert contract in broken_contracts(house)


def test_the_engine_loads_no_qt_and_nothing_slow() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "core").rglob("*.py"))
        if path.name not in ("__init__.py", "__main__.py") and "training" not in path.parts
    ]
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code, *modules], cwd=ROOT, capture_output=True, text=True, check=True
    )

    loaded = {name.partition(".")[0] for name in result.stdout.split()}
    banned = PROJECT["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-module-level-imports"]
    assert loaded & {"PySide6", "shiboken6", "app", *banned} == set()


# ---------------------------------------------------------------------- what is installed


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    entries = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonical(entry.name): str(entry.specifier).removeprefix("==") for entry in entries}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements() -> list[Requirement]:
    extras = PROJECT["project"]["optional-dependencies"].values()
    named = [*PROJECT["project"]["dependencies"], *(entry for extra in extras for entry in extra)]
    return [Requirement(entry) for entry in named]


def test_every_dependency_is_pinned_to_a_version_it_allows() -> None:
    for requirement in requirements():
        assert requirement.specifier.contains(pins()[canonical(requirement.name)]), requirement


def test_the_pins_name_no_host() -> None:
    text = (ROOT / "constraints.txt").read_text()
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)


def test_torch_stays_with_the_torchvision_it_belongs_to() -> None:
    assert (pins()["torch"], pins()["torchvision"]) == ("2.13.0", "0.28.0")


# ---------------------------------------------------------------------- what a person types


def test_make_says_what_there_is() -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    result = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)

    for target in ("setup", "run", "test", "check", "bench", "clean"):
        assert f"make {target} " in result.stdout


def test_the_scripts_are_sound_shell() -> None:
    for shell, script in (("sh", "scripts/bootstrap.sh"), ("bash", ".ci/run")):
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed")
        subprocess.run([shell, "-n", script], cwd=ROOT, check=True)
        assert (ROOT / script).stat().st_mode & 0o111


def test_the_set_up_names_a_python_that_is_too_old(tmp_path: Path) -> None:
    if shutil.which("sh") is None:
        pytest.skip("sh is not installed")
    checkout, tools = tmp_path / "checkout", tmp_path / "bin"
    (checkout / "scripts").mkdir(parents=True)
    tools.mkdir()
    for name in ("pyproject.toml", "constraints.txt", "scripts/bootstrap.sh"):
        shutil.copy(ROOT / name, checkout / name)
    for name in ("cat", "cksum", "dirname", "id", "sh", "uname"):
        (tools / name).symlink_to(str(shutil.which(name)))
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")  # what an old one answers to "are you 3.11?"
    (tools / "python3").chmod(0o755)

    result = subprocess.run(
        ["sh", str(checkout / "scripts" / "bootstrap.sh")],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
    )

    assert result.returncode == 1
    assert "Python 3.11 or newer" in result.stderr
    assert not (checkout / ".venv").exists()
