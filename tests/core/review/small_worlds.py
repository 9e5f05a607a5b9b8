"""Small worlds to clean up in: folders, files, links, second paths, and plans that may make little sense."""

from __future__ import annotations

import functools
import hashlib
import io
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from core.catalog import Catalog
from core.describing import DIGEST_SIZE
from core.records import Evidence, Group, ImageRecord, Member, Relation
from core.review.choosing import Choice, choose
from core.review.files import Files
from core.review.metadata.jpeg import Jpeg
from core.review.metadata.values import Metadata, MetadataError
from core.review.metadata.writing import with_metadata
from core.review.planning import PlanOptions, make_plan
from core.review.rules import PRESETS, RuleSet
from core.review.values import Action, Companion, Plan, PlanItem
from core.scope import Mode, Scope

FOLDERS = ("a", "b", "b/deep", "safe", "mirror")
"""``safe`` may be protected; ``mirror`` may be a second path to ``a``, as a bind mount makes it."""

_NAMES = ("x.jpg", "y.jpg", "X.JPG", "z é.jpg")


@dataclass(frozen=True)
class FileSpec:
    folder: str
    name: str
    content: int
    kind: str  # "file", "hard link" or "symlink" to an earlier file
    of: int


@dataclass(frozen=True)
class ItemSpec:
    path: int
    survivor: int
    action: Action
    companion: int | None


@dataclass(frozen=True)
class GroupSpec:
    """A group as a scan could show it: what each content is to the first file, and what a person says of files."""

    files: tuple[int, ...]
    relations: tuple[Relation, ...]
    marks: tuple[tuple[int, bool], ...]
    rules: str
    also: frozenset[Relation]
    mode: Mode


@dataclass(frozen=True)
class World:
    files: tuple[FileSpec, ...]
    items: tuple[ItemSpec, ...]
    protected: bool
    mirror: str  # "none", "bind" (the same numbers) or "twice" (a drive mounted twice: other numbers)
    far_destination: bool
    meddled: tuple[tuple[int, str], ...]
    action: Action
    merge: bool
    group: GroupSpec | None


@functools.cache
def pictures() -> tuple[bytes, ...]:
    """Three pictures that differ in pixels and in what is written into them, and the first one with other metadata."""
    found = []
    written = (Metadata(), Metadata(rating=4), Metadata(tags=("sea",), caption="Tide"), Metadata(rating=2))
    for number, extra in enumerate(written):
        stream = io.BytesIO()
        Image.fromarray(np.full((8, 8, 3), 80 * (number % 3), np.uint8)).save(stream, "JPEG")
        found.append(with_metadata(stream.getvalue(), extra) if extra.fields else stream.getvalue())
    return tuple(found)


def essence(data: bytes) -> bytes:
    """A picture without its metadata; whatever else as it is."""
    try:
        return Jpeg.parse(data).without_metadata()
    except MetadataError:
        return data


@st.composite
def worlds(draw: st.DrawFn, actions: Sequence[Action] = tuple(Action)) -> World:
    mirror = draw(st.sampled_from(("none", "none", "bind", "twice")))
    folders = [name for name in FOLDERS if name != "mirror"]
    spots = draw(
        st.lists(st.tuples(st.sampled_from(folders), st.sampled_from(_NAMES)), min_size=2, max_size=8, unique=True)
    )
    files = []
    for number, (folder, name) in enumerate(spots):
        kinds = ("file", "file", "file", "hard link", "symlink") if number else ("file",)
        kind = draw(st.sampled_from(kinds))
        content, of = draw(st.integers(0, 3)), draw(st.integers(0, max(0, number - 1)))
        files.append(FileSpec(folder, name, content, kind, of))
    if mirror != "none":
        files += [
            FileSpec("mirror", each.name, each.content, "alias", place)
            for place, each in enumerate(list(files))
            if each.folder == "a"
        ]
    main = draw(st.sampled_from(actions))
    places = st.integers(0, len(files) - 1)
    items = draw(
        st.lists(
            st.builds(ItemSpec, places, places, st.sampled_from((main, main, Action.QUARANTINE)), st.none() | places),
            min_size=1,
            max_size=5,
            unique_by=lambda item: item.path,
        )
    )
    meddled = draw(st.lists(st.tuples(places, st.sampled_from(("change", "remove", "symlink"))), max_size=1))
    return World(
        tuple(files),
        tuple(items),
        draw(st.booleans()),
        mirror,
        draw(st.booleans()),
        tuple(meddled),
        main,
        draw(st.booleans()),
        draw(st.none() | _groups(len(files))),
    )


def _groups(count: int) -> st.SearchStrategy[GroupSpec]:
    places = st.integers(0, count - 1)
    return st.builds(
        GroupSpec,
        st.lists(places, min_size=2, max_size=8, unique=True).map(tuple),
        st.tuples(*(st.sampled_from(Relation) for _ in range(4))),
        st.lists(st.tuples(places, st.booleans()), max_size=2).map(tuple),
        st.sampled_from(("quick", "oldest", "newest")),
        st.sampled_from((frozenset(), frozenset({Relation.EDITED}), frozenset({Relation.CROP}))),
        st.sampled_from((Mode.ALL, Mode.ALL, Mode.OTHER_FOLDERS, Mode.SAME_FOLDER)),
    )


def digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=DIGEST_SIZE).hexdigest()


@dataclass
class Place:
    """A world on the disk."""

    base: Path
    world: World
    paths: list[Path] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)

    @property
    def library(self) -> Path:
        return self.base / "library"

    @property
    def destination(self) -> Path:
        return self.base / "aside"

    @property
    def protected(self) -> tuple[Path, ...]:
        return (self.library / "safe",) if self.world.protected else ()

    def aliases(self) -> dict[Path, Path]:
        return {} if self.world.mirror == "none" else {self.library / "mirror": self.library / "a"}

    def far(self) -> tuple[Path, ...]:
        twice = (self.library / "mirror",) if self.world.mirror == "twice" else ()
        return (*twice, self.destination) if self.world.far_destination else twice

    def build(self) -> None:
        for name in FOLDERS[:-1]:
            (self.library / name).mkdir(parents=True, exist_ok=True)
        for number, spec in enumerate(self.world.files):
            path = self.library / spec.folder / spec.name
            self.paths.append(path)
            if spec.kind == "file":
                self.contents.append(pictures()[spec.content])
                path.write_bytes(self.contents[-1])
                os.utime(path, ns=(10**18 + number, 10**18 + number))
            else:
                self.contents.append(self.contents[spec.of])
                if spec.kind == "hard link":
                    path.hardlink_to(self.paths[spec.of].resolve())
                elif spec.kind == "symlink":
                    path.symlink_to(self.paths[spec.of])

    def plan(self) -> Plan:
        """The plan of this world; items whose survivor or companion goes too are left out, as planning does."""
        going = {item.path for item in self.world.items}
        companions: set[int] = set()
        items = []
        for spec in self.world.items:
            if spec.survivor in going or spec.survivor == spec.path:
                continue
            extra = spec.companion
            usable = extra is not None and extra not in going | companions and extra != spec.survivor
            usable = usable and not any(other.survivor == extra for other in self.world.items)
            companions |= {extra} if usable and extra is not None else set()
            items.append(self._item(spec, extra if usable else None))
        return Plan(self.world.action, tuple(items), self.destination, self.protected)

    def group(self, spec: GroupSpec) -> Group:
        """The group on the disk; files of one content are the same to the first file."""
        head = self.contents[spec.files[0]]
        members = []
        for number in spec.files:
            path, data = self.paths[number], self.contents[number]
            kind = pictures().index(data)
            relation = Relation.SAME_FILE if data == head else spec.relations[kind]
            side = 8 if kind else 9
            record = ImageRecord(path, digest(data), side, 8, len(data), 1e9 + number, "JPEG")
            pixels = "first" if kind in (0, 3) else ""
            members.append(Member(record, relation, 1.0, Evidence(), "", True, "", pixels=pixels))
        return Group("g", tuple(members))

    def choices(self, spec: GroupSpec, group: Group) -> tuple[Choice, ...]:
        """What the rules, and a person, make of the group."""
        rules = RuleSet(PRESETS[spec.rules].rules, spec.also)
        marks = {self.paths[number]: keep for number, keep in spec.marks}
        return choose(group, rules, {}, marks, self.protected, Scope(spec.mode))

    def chosen_plan(self, spec: GroupSpec, catalog: Catalog, files: Files) -> Plan:
        """The plan that planning makes of the group."""
        group = self.group(spec)
        action = self.world.action
        options = PlanOptions(
            action,
            self.destination,
            self.protected,
            merge=self.world.merge and not action.links,
            scope=Scope(spec.mode),
        )
        return make_plan(catalog, [(group, self.choices(spec, group))], options, files)

    def _item(self, spec: ItemSpec, extra: int | None) -> PlanItem:
        path, survivor = self.paths[spec.path], self.paths[spec.survivor]
        content, kept = self.contents[spec.path], self.contents[spec.survivor]
        relation = Relation.SAME_FILE if content == kept else Relation.RE_ENCODED
        along: tuple[Companion, ...] = ()
        if extra is not None and not spec.action.links and spec.action.reversible:
            along = (Companion(self.paths[extra], digest(self.contents[extra]), len(self.contents[extra]), "sidecar"),)
        return PlanItem(
            path,
            digest(content),
            len(content),
            survivor,
            digest(kept),
            "g",
            relation,
            "why",
            self.library,
            spec.action,
            along,
            self.world.merge and not self.world.action.links,
        )

    def meddle(self, number: int, how: str) -> None:
        """What another program does to a file."""
        spec = self.world.files[number]
        path = self.paths[spec.of if spec.kind == "alias" else number]
        if how == "change" and path.is_file():
            path.write_bytes(b"changed by somebody else")
        elif path.is_symlink() or path.exists():
            path.unlink()
            if how == "symlink":
                path.symlink_to(self.library / "b")

    # ------------------------------------------------------------------ what is there

    def snapshot(self, folder: Path | None = None) -> dict[Path, tuple[object, ...]]:
        """Every file below the library, or another folder: bytes, time and permissions."""
        found: dict[Path, tuple[object, ...]] = {}
        for path in sorted((folder or self.library).rglob("*")):
            if path.is_symlink():
                found[path] = ("link", str(path.readlink()))
            elif path.is_file():
                facts = path.stat()
                found[path] = ("file", path.read_bytes(), facts.st_mtime_ns, stat.S_IMODE(facts.st_mode))
        return found

    def all_contents(self) -> set[bytes]:
        """The contents of all plain files anywhere, wherever they were moved to, without their metadata."""
        files = (path for path in self.base.rglob("*") if path.is_file() and not path.is_symlink())
        return {essence(path.read_bytes()) for path in files if not path.name.startswith("catalog")}

    def leftovers(self) -> list[Path]:
        """Files that were made for a moment and forgotten, and all that lies in a trash, quarantine or aside."""
        return [
            path
            for path in self.base.rglob("*")
            if path.is_file()
            and (
                path.name.startswith(".twinsight-")
                or path.is_relative_to(self.base / "data")
                or ".twinsight-quarantine" in path.parts
                or path.is_relative_to(self.destination)
                or any(part.startswith(".Trash-") for part in path.parts)
            )
        ]
