"""Letting the file that stays take over metadata of the copies that go, before they go."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core._catalog_journal import State, Step
from core.describing import DIGEST_SIZE
from core.review.checks import Checks, Refused
from core.review.files import Files
from core.review.metadata.reading import read_metadata
from core.review.metadata.values import Metadata, MetadataError
from core.review.metadata.writing import with_metadata
from core.review.steps import Write, clear, holds, started, temporary_beside


class Merging:
    """Adds metadata to a file, see ``StepKind``.

    The new file is written under another name and takes the old one's place in a single step. The bytes that
    differ are kept in the journal.

    Args:
        files: The disk.
        write: Brings the journal up to date.
        copies: Tells which files go for the one that a step is about.
    """

    def __init__(self, files: Files, write: Write, copies: Callable[[Step], Sequence[Path]]) -> None:
        self._files = files
        self._write = write
        self._copies = copies

    def perform(self, step: Step, checks: Checks) -> Step:
        """See ``StepKind``; the step as done says in ``reason`` which fields were added."""
        facts = checks.source(step)
        old = self._files.read(step.source)
        extra = self._extra(step, old)
        if not extra.fields:
            return replace(step, state=State.DONE, new_content=step.content)
        if facts.links > 1:
            raise Refused("it has several names (hard links), so its metadata is left alone")
        try:
            new = with_metadata(old, extra)
        except MetadataError as error:
            raise Refused(f"its metadata cannot be merged: {error}") from error
        temporary = temporary_beside(step.source)
        backup = difference(old, new)
        step = self._write(
            started(step, inode=facts.inode, temporary=temporary, backup=backup, new_content=_digest(new))
        )
        self._put(step, new, temporary)
        return replace(step, state=State.DONE, reason=", ".join(extra.fields))

    def _extra(self, step: Step, old: bytes) -> Metadata:
        try:
            return read_metadata(old).lacking(read_metadata(self._files.read(path)) for path in self._copies(step))
        except MetadataError as error:
            raise Refused(f"metadata cannot be merged: {error}") from error

    def _put(self, step: Step, data: bytes, temporary: Path) -> None:
        """Put other bytes in the place of a file, which keeps its time, permissions and owner."""
        before = self._files.facts(step.source)
        self._files.write(temporary, data)
        self._files.copy_attributes(step.source, temporary)
        if before is None or not before.unchanged(self._files.facts(step.source)):
            raise Refused("it is being changed right now")
        self._files.replace(temporary, step.source)

    def settle(self, step: Step) -> Step:
        """See ``StepKind``."""
        clear(self._files, step.temporary)
        if holds(self._files, step.source, step.new_content):
            return replace(step, state=State.DONE)
        return replace(step, state=State.PLANNED, temporary=None, backup=None, new_content=None)

    def revert(self, step: Step) -> Step:
        """See ``StepKind``."""
        clear(self._files, step.temporary)
        if holds(self._files, step.source, step.content):
            return replace(step, state=State.UNDONE)
        if step.backup is None or not holds(self._files, step.source, step.new_content):
            raise Refused("it was changed since; its metadata stays as it is")
        old = undifference(self._files.read(step.source), step.backup)
        if _digest(old) != step.content:
            raise Refused("its earlier bytes cannot be put together again")
        temporary = temporary_beside(step.source)
        step = self._write(replace(step, temporary=temporary))
        self._put(step, old, temporary)
        return replace(step, state=State.UNDONE)


def difference(old: bytes, new: bytes) -> bytes:
    """What is needed to make the old bytes of the new ones: where they differ, and the old part."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    return struct.pack("<QQ", head, tail) + old[head : len(old) - tail]


def _common(first: bytes, second: bytes) -> int:
    """How many bytes two files begin with in common."""
    shortest = min(len(first), len(second))
    differ = np.frombuffer(first, np.uint8, shortest) != np.frombuffer(second, np.uint8, shortest)
    return int(differ.argmax()) if differ.any() else shortest


def undifference(new: bytes, backup: bytes) -> bytes:
    """The old bytes again."""
    head, tail = struct.unpack_from("<QQ", backup)
    return new[:head] + backup[16:] + new[len(new) - tail :]


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=DIGEST_SIZE).digest()
