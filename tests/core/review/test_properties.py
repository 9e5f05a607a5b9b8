"""Whatever goes wrong at whatever moment: no picture is lost, nothing protected is touched, and undo brings all back.

``make torture RUNS=5000`` runs more of the same, each time with other examples.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from faulty_disk import Fault, Faults, FaultyCatalog, FaultyFiles, Killed
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from small_worlds import GroupSpec, Place, World, essence, worlds

from core._catalog_journal import JournalTable, State, Step
from core.catalog import Catalog
from core.records import CatalogError, ReviewError
from core.review import twins
from core.review.applying import apply_plan, check_plan, resume
from core.review.choosing import Choice
from core.review.keep_rules import REMOVABLE
from core.review.undoing import undo
from core.review.values import Action, Plan
from core.scope import Mode

RUNS = int(os.environ.get("TWINSIGHT_TORTURE_RUNS", "0"))
torture = settings(
    max_examples=RUNS or 120,
    derandomize=not RUNS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

_NAMES = (
    *("journal", "rename", "copy", "write", "unlink", "link", "clone", "replace"),
    *("make_folder", "digest", "facts", "read", "attributes", "set_attributes"),
)
faults = st.one_of(
    st.builds(Faults, st.integers(0, 60), st.sampled_from(tuple(Fault))),
    st.builds(Faults, st.integers(0, 3), st.sampled_from(tuple(Fault)[1:]), only=st.sampled_from(_NAMES)),
    st.builds(Faults, st.integers(0, 6), st.sampled_from(tuple(Fault)[1:]), only=st.sampled_from(_NAMES[:5])),
)


@contextmanager
def placed(world: World, patch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The world on a disk of its own, with a trash of its own."""
    base = Path(tempfile.mkdtemp(prefix="twinsight-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    try:
        patch.setenv("XDG_DATA_HOME", str(base / "data"))
        place = Place(base, world)
        place.build()
        yield place
    finally:
        shutil.rmtree(base)


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        yield context


def disk(place: Place, faults: Faults | None = None) -> FaultyFiles:
    return FaultyFiles(faults, place.aliases(), place.far())


def planned(place: Place) -> Plan:
    """The plan of a world: what the rules choose of its group, or one that may make little sense."""
    if place.world.group is None:
        return place.plan()
    with Catalog(place.base / "catalog") as catalog:
        catalog.add_library(place.library)
        return place.chosen_plan(place.world.group, catalog, disk(place))


def attempt(place: Place, plan: Plan, faults: Faults) -> bool:
    """Apply the plan while something goes wrong; whether the process got to its end."""
    try:
        with FaultyCatalog(place.base / "catalog", faults) as catalog:
            for _ in apply_plan(catalog, plan, plan.phrase, files=disk(place, faults)):
                pass
        return True
    except (Killed, CatalogError, ReviewError):
        return False


def carry_on(place: Place) -> None:
    """Start again after a crash, with nothing going wrong any more."""
    with Catalog(place.base / "catalog") as catalog, suppress(ReviewError):
        list(resume(catalog, files=disk(place)))


def take_back(place: Place, faults: Faults | None = None) -> None:
    """Undo everything, with whatever goes wrong meanwhile."""
    faults = faults or Faults()
    with suppress(ReviewError, Killed, CatalogError), FaultyCatalog(place.base / "catalog", faults) as catalog:
        list(undo(catalog, files=disk(place, faults)))


def journal(place: Place) -> list[Step]:
    with Catalog(place.base / "catalog") as catalog:
        table = JournalTable(catalog)
        return [step for operation in table.operations() for step in table.steps(operation.id)]


# ---------------------------------------------------------------------- what must hold


def check_nothing_is_lost(place: Place, plan: Plan, before: set[bytes]) -> None:
    """Every content is still somewhere, unless a person had it deleted and the file that stays for it is there."""
    lost = before - place.all_contents()
    for content in lost:
        carriers = [path for path, each in zip(place.paths, place.contents, strict=True) if essence(each) == content]
        deleted = {item.path: item for item in plan.items if item.action is Action.DELETE}
        for path in carriers:
            if path.is_symlink():
                continue
            item = deleted.get(path)
            if item is None:
                # A second path or a link to one that was deleted.
                assert (
                    path.is_symlink()
                    or path.relative_to(place.library).parts[0] == "mirror"
                    or any(each.path in carriers for each in deleted.values())
                )
                continue
            survivor = disk(place).at(item.survivor)
            assert survivor.is_file() and not survivor.is_symlink()
        assert any(path in deleted for path in carriers), f"{content[:8]!r} is lost"


def check_survivors(place: Place, plan: Plan, before: dict[Path, tuple[object, ...]]) -> None:
    """Of each file that went, the one that was to stay is there with its bytes, and is another file."""
    for item in plan.items:
        if item.path in before and not item.path.exists() and not item.path.is_symlink():
            survivor = disk(place).at(item.survivor)
            assert survivor.is_file() and not survivor.is_symlink()
            assert essence(survivor.read_bytes()) == essence(_bytes(before[survivor]))


def check_protected(place: Place, before: dict[Path, tuple[object, ...]], links: Counter[Path]) -> None:
    for folder in place.protected:
        assert {path: facts for path, facts in before.items() if path.is_relative_to(folder)} == place.snapshot(folder)
        now = link_counts(folder)
        assert {path: now[path] for path in links} == links


def link_counts(folder: Path) -> Counter[Path]:
    """How many names each file has, but for those with names elsewhere, which may go."""
    names = Counter(path.lstat().st_ino for path in folder.rglob("*"))
    facts = {path: path.lstat() for path in folder.rglob("*")}
    return Counter({path: each.st_nlink for path, each in facts.items() if each.st_nlink <= names[each.st_ino]})


def check_bystanders(place: Place, plan: Plan, before: dict[Path, tuple[object, ...]]) -> None:
    """Files that the plan does not name are as they were."""
    named = {disk(place).at(path) for item in plan.items for path in (item.path, *(c.path for c in item.companions))}
    named |= {disk(place).at(item.survivor) for item in plan.items if item.merge}
    after = place.snapshot()
    for path, facts in before.items():
        if path not in named:
            assert after.get(path) == facts


def check_journal(place: Place, meddled: bool = False) -> None:
    """Nothing is half done, and the disk is as the journal says; but another program may have taken a name."""
    files = disk(place)
    for step in journal(place):
        assert step.state not in (State.PLANNED, State.STARTED, State.UNDOING)
        if step.state is State.DONE and step.target is not None:
            assert files.at(step.target).read_bytes()
            named_again = meddled and step.reason and files.digest(step.source) != step.content
            assert named_again or not files.at(step.source).exists()
        if step.state is State.DONE and step.kind == Action.DELETE:
            assert not files.at(step.source).exists()
    assert not [path for path in place.leftovers() if path.name.startswith(".twinsight-")]


def check_choices(choices: Sequence[Choice], spec: GroupSpec, protected: Sequence[Path]) -> None:
    """Something stays; each file that goes has one that stays, and nothing but plain copies and twins go unasked."""
    kept = {choice.member.record.path: choice.member for choice in choices if choice.keep}
    assert kept
    for choice in choices:
        path, relation = choice.member.record.path, choice.member.relation
        assert choice.keep == (choice.survivor is None)
        assert choice.keep or not any(path.is_relative_to(folder) for folder in protected)
        if choice.survivor is None:
            continue
        survivor = kept[choice.survivor]
        if not choice.marked and relation not in REMOVABLE | spec.also:
            assert twins.are(survivor, choice.member)
        if any(each.record.content == choice.member.record.content for each in kept.values()):
            assert spec.mode is not Mode.ALL or survivor.record.content == choice.member.record.content


def check_twins(choices: Sequence[Choice], spec: GroupSpec, protected: Sequence[Path]) -> None:
    """Of twins that nobody marked and nothing protects, at most one stays."""
    marked = {number for number, _ in spec.marks}
    if spec.mode is not Mode.ALL or marked:
        return
    best = next(choice for choice in choices if choice.rank == 0).member
    for same in twins.sets(choice.member for choice in choices if choice.keep):
        free = [each for each in same if not any(each.record.path.is_relative_to(folder) for folder in protected)]
        assert len(free) <= (best in free)


# ---------------------------------------------------------------------- the properties


@torture
@given(world=worlds().filter(lambda world: world.group is not None))
def test_what_the_rules_choose_leaves_a_copy_of_everything(world: World, patch: pytest.MonkeyPatch) -> None:
    spec = world.group
    assert spec is not None
    with placed(world, patch) as place:
        choices = place.choices(spec, place.group(spec))
        check_choices(choices, spec, place.protected)
        check_twins(choices, spec, place.protected)
        plan = planned(place)
        event(f"{plan.action}: {len(plan.items)} go" if plan.items else "nothing goes")
        check_plan(plan)
        for item in plan.items:
            if item.action.links:
                assert item.content == item.survivor_content
            if item.action is Action.HARD_LINK:
                assert not any(item.survivor.is_relative_to(folder) for folder in place.protected)


@torture
@given(world=worlds(), faults=faults, goes_on=st.booleans())
def test_a_clean_up_that_is_cut_off_anywhere_can_go_on_and_be_undone(
    world: World, faults: Faults, goes_on: bool, patch: pytest.MonkeyPatch
) -> None:
    if faults.fault is Fault.MEDDLE:
        faults.fault = Fault.NONE
    with placed(world, patch) as place:
        plan = planned(place)
        before, contents = place.snapshot(), place.all_contents()
        links = Counter({path: n for folder in place.protected for path, n in link_counts(folder).items()})
        attempt(place, plan, faults)
        event(f"{faults.fault} {faults.hit}" if faults.hit else "no fault was hit")
        check_nothing_is_lost(place, plan, contents)
        check_survivors(place, plan, before)
        if goes_on:
            carry_on(place)
            check_journal(place)
            check_nothing_is_lost(place, plan, contents)
            check_survivors(place, plan, before)
        check_protected(place, before, links)
        check_bystanders(place, plan, before)
        take_back(place)
        check_restored(place, plan, before)
        check_protected(place, before, links)


def check_restored(place: Place, plan: Plan, before: dict[Path, tuple[object, ...]]) -> None:
    """All is as it was, but for files deleted for good of which no equal one stayed."""
    after = place.snapshot()
    for_good = {step.source for step in journal(place) if step.kind == Action.DELETE and step.state is State.DONE}
    for step in journal(place):
        if step.source in for_good:
            assert step.survivor_content != step.content
    expected = {
        path: facts for path, facts in before.items() if path not in {disk(place).at(each) for each in for_good}
    }
    assert after == expected
    assert not place.leftovers()


@torture
@given(world=worlds(), faults=faults, again=faults)
def test_an_undo_that_is_cut_off_anywhere_can_be_undone_to_the_end(
    world: World, faults: Faults, again: Faults, patch: pytest.MonkeyPatch
) -> None:
    for each in (faults, again):
        if each.fault is Fault.MEDDLE:
            each.fault = Fault.KILL
    with placed(world, patch) as place:
        plan = planned(place)
        before, contents = place.snapshot(), place.all_contents()
        attempt(place, plan, faults)
        take_back(place, again)
        event(f"{again.fault} {again.hit}" if again.hit else "no fault was hit")
        check_nothing_is_lost(place, plan, contents)
        take_back(place)
        take_back(place)
        check_restored(place, plan, before)


@torture
@given(world=worlds(), faults=faults, meddler=st.tuples(st.integers(0, 9), st.sampled_from(("change", "remove"))))
def test_files_that_change_or_vanish_before_or_during_a_clean_up_lose_nobody_elses_pictures(
    world: World, faults: Faults, meddler: tuple[int, str], patch: pytest.MonkeyPatch
) -> None:
    with placed(world, patch) as place:
        plan = planned(place)
        number, how = meddler[0] % len(place.paths), meddler[1]
        for each, what in world.meddled:
            place.meddle(each, what)
        before, contents = place.snapshot(), place.all_contents()
        touched: set[bytes] = set()

        def meddle() -> None:
            path = disk(place).at(place.paths[number])
            if path.is_file():
                touched.add(essence(path.read_bytes()))
                spared.add(path.stat().st_ino)
            place.meddle(number, how)

        spared: set[int] = set()
        inodes = {path: path.lstat().st_ino for path in before}
        faults.fault, faults.meddle = Fault.MEDDLE, meddle
        assert attempt(place, plan, faults)
        event(f"meddled in {faults.hit}" if faults.hit else "meddled before only")
        check_nothing_is_lost(place, plan, contents - touched)
        check_journal(place, meddled=True)
        after = place.snapshot()
        for path, facts in before.items():
            if facts[0] == "file" and facts[1] != _planned(place, path) and inodes[path] not in spared:
                assert after[path] == facts, "changed since the plan was made, so not to be touched"
        take_back(place)
        assert not [path for path in place.base.rglob(".twinsight-*") if path.is_file()]


def _planned(place: Place, path: Path) -> bytes:
    return place.contents[place.paths.index(path)]


def _bytes(facts: tuple[object, ...]) -> bytes:
    assert isinstance(facts[1], bytes)
    return facts[1]
