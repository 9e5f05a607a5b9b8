"""Writes what a release is made of, as CycloneDX 1.5 JSON: every installed package that Twinsight needs.

    .venv/bin/python scripts/sbom.py dist/twinsight.cdx.json

Nothing is looked up anywhere: names, versions, licences and hashes are those that pip wrote down when it installed
them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_ROOT = "twinsight"


def needed(root: str) -> dict[str, Distribution]:
    """A package and all that it needs, by normalised name; what is wanted by an extra only is left out."""
    found: dict[str, Distribution] = {}
    waiting = [root]
    while waiting:
        name = _normal(waiting.pop())
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # not needed on this system
        waiting += _requirements(found[name])
    return dict(sorted(found.items()))


def _requirements(package: Distribution) -> Iterator[str]:
    for requirement in package.requires or ():
        condition = requirement.partition(";")[2]
        match = _NAME.match(requirement)
        if match and "extra" not in condition:
            yield match[0]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def component(package: Distribution) -> dict[str, object]:
    """One package in the words of CycloneDX."""
    name, version = _normal(package.metadata["Name"]), package.version
    entry: dict[str, object] = {
        "type": "application" if name == _ROOT else "library",
        "bom-ref": f"pkg:pypi/{name}@{version}",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
    }
    licence = package.metadata.get("License-Expression") or package.metadata.get("License") or ""
    if licence and len(licence) < 80 and "\n" not in licence:
        entry["licenses"] = [{"license": {"name": licence}}]
    record = package.read_text("RECORD")
    if record:
        # One hash for all files of the package, of the list of their hashes.
        entry["hashes"] = [{"alg": "SHA-256", "content": hashlib.sha256(record.encode()).hexdigest()}]
    return entry


def document(root: str) -> dict[str, object]:
    """The whole bill of materials."""
    packages = needed(root)
    refs = {name: f"pkg:pypi/{name}@{package.version}" for name, package in packages.items()}
    components = [component(package) for name, package in packages.items() if name != root]
    digest = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).digest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        # The same packages, the same number: two builds can be compared.
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=digest[:16])}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "component": component(packages[root]),
        },
        "components": components,
        "dependencies": [
            {
                "ref": refs[name],
                "dependsOn": sorted({refs[_normal(each)] for each in _requirements(package) if _normal(each) in refs}),
            }
            for name, package in packages.items()
        ],
    }


def main(target: Path) -> None:
    """Write the bill of materials, and check what pip wrote down of the files against the files themselves."""
    bill = document(_ROOT)
    changed = sorted(name for name, package in needed(_ROOT).items() if not _is_as_installed(package))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill, indent=1) + "\n", "utf-8")
    count = len(needed(_ROOT)) - 1
    sys.stdout.write(f"{target}: {count} packages\n")
    if changed:
        sys.stdout.write(f"changed since they were installed: {', '.join(changed)}\n")
        sys.exit(1)


def _is_as_installed(package: Distribution) -> bool:
    """Whether the Python files of a package are those that pip wrote."""
    for file in package.files or ():
        if file.suffix == ".py" and file.hash is not None:
            path = Path(str(file.locate()))
            digest = hashlib.new(file.hash.mode, path.read_bytes()).digest() if path.exists() else b""
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
                return False
    return True


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "dist/twinsight.cdx.json"))
