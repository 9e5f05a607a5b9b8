"""What the catalog knows of frames after the first."""

from __future__ import annotations

from core.catalog import Catalog
from core.later_frames import SUFFIX


def lacking_frames(catalog: Catalog, method: str) -> set[int]:
    """Numbers of the animations whose later frames a method (``name@version``) has not been asked about yet."""
    rows = catalog.rows(
        "SELECT id FROM content WHERE frames > 1 EXCEPT SELECT content FROM feature WHERE method = ?",
        (method + SUFFIX,),
    )
    return {number for (number,) in rows}
