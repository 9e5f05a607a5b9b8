"""Which file of the same bytes each one that becomes a link leads to.

A link says nothing about which picture is better, so a file that would go for a better one can stay under its name
all the same: of files with the same bytes one keeps them, and the others lead to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from core.records import Group, ImageRecord
from core.review import twins
from core.review.checks import words as sentence_end
from core.review.choosing import Choice
from core.review.files import Files
from core.scope import Scope

_ALONE = "only a copy with the same bytes can become a link"
_LED_TO = "it keeps its bytes, and its copies become links to it"

Going = Mapping[Path, tuple[Group, Choice]]


class LinkTargets:
    """Finds what links can lead to.

    Args:
        files: The disk.
        scope: Which files count as copies of each other.
        staying: The files that stay and may share their bytes.
    """

    def __init__(self, files: Files, scope: Scope, staying: Iterable[ImageRecord]) -> None:
        self._files = files
        self._scope = scope
        self._staying: dict[str, list[ImageRecord]] = defaultdict(list)
        for record in staying:
            self._staying[record.content].append(record)

    def settle(self, going: Going) -> tuple[dict[Path, tuple[Group, Choice]], dict[Path, str]]:
        """Choose for each file that is to become a link the one it leads to.

        Returns:
            Those that become links, with that file as their survivor; and why the others stay as they are.
        """
        by_content: dict[str, list[tuple[Group, Choice]]] = defaultdict(list)
        for group, choice in going.values():
            by_content[choice.member.record.content].append((group, choice))
        links: dict[Path, tuple[Group, Choice]] = {}
        stay: dict[Path, str] = {}
        for content, same in by_content.items():
            same.sort(key=lambda pair: pair[1].rank)
            targets = list(self._staying.get(content, ()))
            for group, choice in same:
                record = choice.member.record
                try:
                    target = self._target(choice, targets)
                except OSError as error:
                    stay[record.path] = sentence_end(error)
                    continue
                if target is None:
                    targets.append(record)
                    stay[record.path] = _ALONE
                else:
                    links[record.path] = group, _led_to(choice, target)
        stay |= {choice.survivor: _LED_TO for _, choice in links.values() if choice.survivor in stay}
        return links, stay

    def _target(self, choice: Choice, targets: Iterable[ImageRecord]) -> ImageRecord | None:
        path = choice.member.record.path
        for target in targets:
            counts = choice.marked or self._scope.may_go(target.path, path)
            if counts and self._drive(target.path) == self._drive(path):
                return target
        return None

    def _drive(self, path: Path) -> int | None:
        facts = self._files.facts(path)
        return None if facts is None else facts.device


def _led_to(choice: Choice, target: ImageRecord) -> Choice:
    return replace(choice, survivor=target.path, why=twins.words(choice.member.record, target))
