"""Which folders are protected: libraries that were marked so, and single folders."""

from __future__ import annotations

import os
import time
from pathlib import Path

from core.catalog import Catalog
from core.spelling import as_listed


def protected_folders(catalog: Catalog) -> tuple[Path, ...]:
    """The folders in which nothing may ever be touched, in order."""
    rows = catalog.rows("SELECT folder FROM library WHERE protected UNION SELECT folder FROM protected_folder")
    return tuple(sorted(Path(os.fsdecode(folder)) for (folder,) in rows))


def protect(catalog: Catalog, folder: Path, protected: bool) -> None:
    """Protect a folder, or protect it no more; it may be a library or any other folder.

    Args:
        catalog: Where that is remembered.
        folder: The folder; symbolic links are resolved.
        protected: Whether nothing below it may be touched from now on.
    """
    name = os.fsencode(as_listed(folder.expanduser().resolve()))
    with catalog.transaction() as connection:
        connection.execute("UPDATE library SET protected = ? WHERE folder = ?", (int(protected), name))
        if protected:
            connection.execute(
                "INSERT INTO protected_folder (folder, added) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (name, time.time()),
            )
        else:
            connection.execute("DELETE FROM protected_folder WHERE folder = ?", (name,))
