"""A plan may name files below the libraries, and no others: it may come from a file that anybody wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.records import ReviewError
from core.review.values import Plan


def check_confined(plan: Plan, libraries: Sequence[Path]) -> None:
    """Refuse a plan that reaches out of the libraries.

    Args:
        plan: The plan.
        libraries: The folders, as the catalog knows them: with symbolic links resolved.

    Raises:
        ReviewError: A file that goes, stays or moves along lies elsewhere, be it by ``..`` or through a link.
    """
    folders: dict[Path, bool] = {}
    for path in _touched(plan):
        folder = path.parent
        if folder not in folders:
            folders[folder] = ".." not in folder.parts and _lies_in(folder, libraries)
        if not folders[folder] or path.name in ("", ".", ".."):
            raise ReviewError(f"{path} lies in none of the libraries, so the plan is refused; make it again.")


def _touched(plan: Plan) -> Iterator[Path]:
    for item in plan.items:
        yield item.path
        yield item.survivor
        for companion in item.companions:
            yield companion.path
            if companion.survivor is not None:
                yield companion.survivor


def _lies_in(folder: Path, libraries: Sequence[Path]) -> bool:
    try:
        real = folder.resolve()
    except (OSError, RuntimeError, ValueError):
        return False
    return any(real.is_relative_to(library) for library in libraries)
