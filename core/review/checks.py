"""What must hold right before a file goes, looked up on the disk and not remembered.

The file that goes is the one that was planned, and the one that stays for it is another file, whole, and stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from core._catalog_journal import MERGE, State, Step
from core.bins import in_bin
from core.review.files import Facts, Files
from core.review.protection import ProtectedFolders
from core.review.values import Action


class Refused(Exception):  # noqa: N818 - no error: the answer no, with a reason
    """A file must stay as it is; ``reason`` says why, to be read after the file's name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_Number = tuple[int, ...]


def _numbers(facts: Facts) -> tuple[_Number, ...]:
    """What two names of one file have in common.

    A drive that is mounted twice may give one file two device numbers, but not two file numbers, sizes and times.
    """
    return (facts.identity, (facts.inode, facts.size, facts.modified_ns)) if facts.inode else ()


class Checks:
    """Re-checks files right before they go.

    Args:
        files: The disk.
        steps: All steps of the clean-up.
        protected: The folders in which nothing is touched.
        destination: The folder that files are moved to, or None.
    """

    def __init__(
        self, files: Files, steps: Sequence[Step], protected: ProtectedFolders, destination: Path | None
    ) -> None:
        self._files = files
        self._protected = protected
        self._destination = None if destination is None else files.real(destination)
        going = [step for step in steps if step.kind != MERGE and step.state in (State.PLANNED, State.STARTED)]
        self._going = {step.source for step in going}
        self._numbers = {step.source: self._number(step.source) for step in going}
        self._taken = Counter(each for numbers in self._numbers.values() for each in numbers)
        self._contents = {
            step.source: step.new_content
            for step in steps
            if step.kind == MERGE and step.state is State.DONE and step.new_content is not None
        }

        merges = [step for step in steps if step.kind == MERGE and step.state is State.LEFT]
        self._unmerged = {step.source: step.reason or "stopped" for step in merges}

    def _number(self, path: Path) -> tuple[_Number, ...]:
        try:
            facts = self._files.facts(path)
        except OSError:
            return ()
        return () if facts is None else _numbers(facts)

    def went(self, step: Step) -> None:
        """Note that a file is gone: its number may be given to another one."""
        self._taken.subtract(self._numbers.pop(step.source, ()))

    def rewritten(self, path: Path, content: bytes) -> None:
        """Note that a file that stays has other bytes now, written by this clean-up."""
        self._contents[path] = content

    def not_rewritten(self, path: Path, reason: str) -> None:
        """Note that a file could not take over the metadata of its copies."""
        self._unmerged[path] = reason

    # ------------------------------------------------------------------ before

    def before(self, step: Step) -> tuple[Facts, Facts | None]:
        """Check the file that goes, then the one that stays for it.

        Returns:
            What the disk says of both; None for the second where nothing needs to stay.

        Raises:
            Refused: It must stay.
            OSError: The file that goes cannot be read.
        """
        if step.kind == MERGE:
            return self.source(step), None
        if step.survivor in self._unmerged:
            raise Refused(f"the metadata could not be merged into {step.survivor}: {self._unmerged[step.survivor]}")
        if Action(step.kind).links:
            self._linkable(step)
        source = self.source(step)
        survivor = None if step.survivor is None else self.survivor(step, source)
        if not source.unchanged(self._files.facts(step.source)):
            raise Refused("it is being changed right now")
        return source, survivor

    def _linkable(self, step: Step) -> None:
        if step.survivor is None or step.survivor_content != step.content:
            raise Refused("a link needs a copy with the same bytes")
        if step.kind == Action.HARD_LINK and self._protected.covering(step.survivor) is not None:
            raise Refused(f"a hard link would tie it to {step.survivor}, and that is protected")

    def source(self, step: Step) -> Facts:
        """Check that a file is the one that was planned and may be touched."""
        facts = self._plain(step.source, "it")
        if in_bin(step.source):
            raise Refused("it lies in a trash already")
        self.touchable(step.source)
        expected = self._contents.get(step.source, step.content)
        if self._files.digest(step.source) != expected:
            raise Refused("it has changed since the plan was made")
        return facts

    def touchable(self, path: Path) -> None:
        """Check that a path lies in no protected folder."""
        folder = self._protected.covering(path)
        if folder is not None:
            raise Refused(f"it lies in the protected folder {folder}")

    def survivor(self, step: Step, source: Facts) -> Facts:
        """Check that the file that stays is another one, whole, and not about to go itself."""
        path = step.survivor
        assert path is not None
        facts = self._readable(path)
        if facts.same_file(source):
            raise Refused(f"it is the same file as {path}, under another name")
        if in_bin(path) or self._is_set_aside(path):
            raise Refused(f"the copy that would stay, {path}, was itself removed to there")
        if path in self._going or any(self._taken[each] > 0 for each in _numbers(facts)):
            raise Refused(f"the copy that would stay, {path}, is to go as well")
        if self._content(path) != self._contents.get(path, step.survivor_content):
            raise Refused(f"the copy that would stay, {path}, has changed since the plan was made")
        if not facts.unchanged(self._files.facts(path)):
            raise Refused(f"the copy that would stay, {path}, is being changed right now")
        return facts

    def _readable(self, path: Path) -> Facts:
        try:
            return self._plain(path, f"the copy that would stay, {path},")
        except OSError as error:
            raise Refused(f"the copy that would stay, {path}, cannot be reached: {words(error)}") from error

    def _content(self, path: Path) -> bytes:
        try:
            return self._files.digest(path)
        except OSError as error:
            raise Refused(f"the copy that would stay, {path}, cannot be read: {words(error)}") from error

    def _plain(self, path: Path, what: str) -> Facts:
        facts = self._files.facts(path)
        if facts is None:
            raise Refused(f"{what} is not there any more")
        if not facts.regular:
            raise Refused(f"{what} is no plain file any more")
        if self._files.real(path) != path:
            raise Refused(f"{what} is reached through a symbolic link")
        return facts

    def _is_set_aside(self, path: Path) -> bool:
        return self._destination is not None and path.is_relative_to(self._destination)

    # ------------------------------------------------------------------ after

    def after(self, step: Step, survivor: Facts | None) -> None:
        """Check that the file that stays is still there, now that the other one is moved aside.

        A drive that is mounted twice may show one file as two; then both are gone from their places now.

        Raises:
            Refused: It is not.
            OSError: Nobody can tell.
        """
        if step.survivor is None or survivor is None:
            return
        if not (survivor.unchanged(self._files.facts(step.survivor)) and self._files.opens(step.survivor)):
            raise Refused(f"{step.survivor} is the same file under another name, or was changed right now")


def words(error: OSError) -> str:
    """Why the system refused, as the end of a sentence ("no space left on device")."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
