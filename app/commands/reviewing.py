"""What the commands that clean up share: their progress, and what they say of files that went or stayed."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import cast

from app.terminal import ProgressLine, plural, printable, size
from core.events import Progress
from core.review.values import Action, Left, Merged, Removed, Restored, ReviewDone, ReviewEvent, ReviewSummary

GONE = {
    Action.TRASH: "to the trash",
    Action.FOLDER: "to the folder",
    Action.QUARANTINE: "to quarantine",
    Action.HARD_LINK: "now a hard link",
    Action.REFLINK: "now shares its blocks",
    Action.DELETE: "deleted",
}
"""What happened to a file, by action."""


def follow(events: Iterator[ReviewEvent]) -> ReviewSummary:
    """Pull a clean-up or an undo to its end, one line for each file; progress on stderr.

    Returns:
        The summary it ended with.
    """
    job = cast("Generator[ReviewEvent, None, None]", events)
    summary = None
    with closing(job), ProgressLine(sys.stderr) as line:
        for event in job:
            match event:
                case Progress():
                    line.show(event)
                case ReviewDone(found):
                    summary = found
                case _ if (text := _words(event)) is not None:
                    line.close()
                    print(text)
    if summary is None:
        raise RuntimeError("the clean-up ended without a summary")
    return summary


def _words(event: ReviewEvent) -> str | None:
    match event:
        case Removed(path, target, action):
            place = "" if target is None else f": {printable(target)}"
            return f"{printable(path)}: {GONE[action]}{place}"
        case Merged(path, fields):
            return f"{printable(path)}: took over {', '.join(fields)}"
        case Restored(path, stayed=True):
            return f"{printable(path)}: metadata as before"
        case Restored(path):
            return f"{printable(path)}: back"
        case Left(path, reason):
            return f"{printable(path)}: left: {printable(reason)}"
        case _:
            return None


def in_words(summary: ReviewSummary, what: str) -> str:
    """What came of it ("12 files, 84 MiB, moved; 1 left.")."""
    text = f"{plural(summary.files, 'file')}, {size(summary.bytes)}, {what}"
    return f"{text}; {len(summary.left):,} left." if summary.left else f"{text}."
