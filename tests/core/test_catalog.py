"""The catalog: what it keeps, what it forgets, and what it says when its file is not as it should be."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from core import _schema
from core.catalog import Catalog, FileRow, NewContent, default_catalog_path
from core.events import Skipped
from core.records import CatalogError, LibraryError

as_root = hasattr(os, "geteuid") and os.geteuid() == 0


def a_content(name: str, size: int = 100, **features: bytes) -> NewContent:
    return NewContent(name.encode().ljust(16), size, 640, 480, "JPEG", 1, None, features)


def a_row(path: Path | bytes, content: int | None, reason: str | None = None, size: int = 100) -> FileRow:
    return FileRow(os.fsencode(path), size, 5_000_000_000, 7, 8, content, reason, 1)


def fill(catalog: Catalog, folder: Path, names: Iterable[str]) -> dict[str, int]:
    """Files with a content each; the numbers of the contents."""
    names = list(names)
    ids = catalog.store_contents([a_content(name, method=name.encode()) for name in names])
    numbers = {name: ids[a_content(name).digest] for name in names}
    catalog.store_files([a_row(folder / name, numbers[name]) for name in names])
    return numbers


def features_of(catalog: Catalog, method: str, numbers: Iterable[int]) -> dict[int, bytes]:
    return dict(catalog.features(method, list(numbers)))


# ---------------------------------------------------------------------- what is kept


def test_what_was_stored_is_there_when_the_catalog_is_opened_again(tmp_path: Path) -> None:
    with Catalog(tmp_path / "new" / "catalog.sqlite3") as catalog:
        numbers = fill(catalog, tmp_path, ["a.jpg", "b.jpg"])
        catalog.store_model("codebook@1", b"model")

    with Catalog(tmp_path / "new" / "catalog.sqlite3") as catalog:
        assert [record.path.name for record in catalog.records([tmp_path])] == ["a.jpg", "b.jpg"]
        assert features_of(catalog, "method", numbers.values()) == {
            numbers["a.jpg"]: b"a.jpg",
            numbers["b.jpg"]: b"b.jpg",
        }
        assert catalog.model("codebook@1") == b"model"


def test_a_record_tells_what_is_known_of_the_file(catalog: Catalog, tmp_path: Path) -> None:
    fill(catalog, tmp_path, ["a.jpg"])

    (record,) = catalog.records([tmp_path])

    assert (record.width, record.height, record.format, record.frames) == (640, 480, "JPEG", 1)
    assert (record.size, record.modified) == (100, 5.0)
    assert bytes.fromhex(record.content) == a_content("a.jpg").digest


def test_a_name_of_odd_bytes_comes_back_as_it_was(catalog: Catalog, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff.jpg"
    number = catalog.store_contents([a_content("odd")]).popitem()[1]
    catalog.store_files([a_row(odd, number), a_row(odd + b".png", None, "not a picture")])

    assert os.fsencode(catalog.records([tmp_path])[0].path) == odd
    assert os.fsencode(catalog.skipped([tmp_path])[0].path) == odd + b".png"


def test_files_below_a_folder_are_those_below_it_and_no_others(catalog: Catalog, tmp_path: Path) -> None:
    for folder in ("a", "a/deep", "ab", "a.b", "A"):
        fill(catalog, tmp_path / folder, [f"{folder.replace('/', '-')}.jpg"])

    assert [record.path.name for record in catalog.records([tmp_path / "a"])] == ["a.jpg", "a-deep.jpg"]
    assert len(catalog.files([tmp_path / "a", tmp_path / "ab"])) == 3
    assert len(catalog.records([Path("/")])) == 5


def test_thousands_of_contents_are_found_again(catalog: Catalog, tmp_path: Path) -> None:
    numbers = fill(catalog, tmp_path, (f"{number}.jpg" for number in range(1203)))

    assert len(features_of(catalog, "method", numbers.values())) == 1203
    digests = [a_content(name).digest for name in numbers]
    assert catalog.content_ids([*digests, b"unknown"]) == dict(zip(digests, numbers.values(), strict=True))
    assert len(catalog.contents([tmp_path])) == 1203


def test_one_content_in_two_files_is_one_content(catalog: Catalog, tmp_path: Path) -> None:
    number = catalog.store_contents([a_content("same")]).popitem()[1]
    catalog.store_files([a_row(tmp_path / "a.jpg", number), a_row(tmp_path / "b.jpg", number)])

    assert len(catalog.records([tmp_path])) == 2
    assert [content.id for content in catalog.contents([tmp_path])] == [number]
    assert catalog.contents_of_size(100) == [(number, a_content("same").digest)]


def test_contents_come_in_order_of_their_digests_whatever_order_they_were_stored_in(
    catalog: Catalog, tmp_path: Path
) -> None:
    fill(catalog, tmp_path, ["c.jpg", "a.jpg", "b.jpg"])

    digests = [content.digest for content in catalog.contents([tmp_path])]

    assert digests == sorted(digests)


def test_storing_a_content_again_adds_to_it_and_keeps_its_number(catalog: Catalog) -> None:
    (number,) = catalog.store_contents([a_content("a", first=b"1")]).values()
    (again,) = catalog.store_contents([a_content("a", second=b"2")]).values()

    assert again == number
    assert features_of(catalog, "first", [number]) == {number: b"1"}
    assert features_of(catalog, "second", [number]) == {number: b"2"}


def test_it_knows_which_contents_a_method_has_not_described(catalog: Catalog, tmp_path: Path) -> None:
    numbers = fill(catalog, tmp_path, ["a.jpg", "b.jpg"])
    catalog.store_features("late@1", [(numbers["a.jpg"], b"x")])

    assert catalog.lacking("method") == set()
    assert catalog.lacking("late@1") == {numbers["b.jpg"]}
    assert catalog.lacking("late@2") == set(numbers.values())


def test_verdicts_are_kept_apart_by_who_gave_them(catalog: Catalog, tmp_path: Path) -> None:
    first, second = fill(catalog, tmp_path, ["a.jpg", "b.jpg"]).values()
    catalog.store_pairs("orb@1", [(first, second, b"old")])
    catalog.store_pairs("orb@1", [(first, second, b"new")])
    catalog.store_pairs("sift@1", [(first, second, b"other")])

    assert list(catalog.pairs("orb@1")) == [(first, second, b"new")]


# ---------------------------------------------------------------------- libraries


def test_a_library_counts_its_pictures_its_bytes_and_what_could_not_be_read(catalog: Catalog, tmp_path: Path) -> None:
    folder = catalog.add_library(tmp_path)
    fill(catalog, folder, ["a.jpg", "b.jpg"])
    catalog.store_files([a_row(folder / "broken.jpg", None, "not a picture")])

    (library,) = catalog.libraries()

    assert (library.folder, library.images, library.bytes, library.skipped) == (folder, 2, 200, 1)
    assert library.indexed is None
    assert catalog.skipped([folder]) == [Skipped(folder / "broken.jpg", "not a picture")]


def test_removing_a_library_forgets_its_files_and_keeps_what_was_learned(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "removed").mkdir()
    kept, removed = (catalog.add_library(tmp_path / name) for name in ("kept", "removed"))
    fill(catalog, kept, ["a.jpg"])
    numbers = fill(catalog, removed, ["b.jpg"])

    catalog.remove_library(removed)

    assert [library.folder for library in catalog.libraries()] == [kept]
    assert catalog.records([removed]) == []
    assert len(catalog.records([kept])) == 1
    assert features_of(catalog, "method", numbers.values()) == {numbers["b.jpg"]: b"b.jpg"}
    assert removed.is_dir()


def test_a_library_is_added_once(catalog: Catalog, tmp_path: Path) -> None:
    catalog.add_library(tmp_path)
    catalog.add_library(tmp_path / ".." / tmp_path.name)
    catalog.mark_indexed([tmp_path])

    (library,) = catalog.libraries()
    assert library.indexed is not None


def test_what_is_no_library_cannot_be_removed_and_what_is_no_folder_cannot_be_added(
    catalog: Catalog, tmp_path: Path
) -> None:
    with pytest.raises(LibraryError, match="is not one of the libraries"):
        catalog.remove_library(tmp_path)
    with pytest.raises(LibraryError, match="there is no such folder"):
        catalog.add_library(tmp_path / "missing")
    assert catalog.libraries() == ()


def test_a_protected_library_stays_protected_when_it_is_indexed(catalog: Catalog, tmp_path: Path) -> None:
    folder = catalog.add_library(tmp_path)

    catalog.protect_library(folder, True)
    catalog.mark_indexed([folder])
    assert catalog.libraries()[0].protected

    catalog.protect_library(folder, False)
    assert not catalog.libraries()[0].protected


# ---------------------------------------------------------------------- several at once


def test_what_one_connection_stores_the_other_sees(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.sqlite3") as first, Catalog(tmp_path / "catalog.sqlite3") as second:
        fill(first, tmp_path, ["a.jpg"])
        assert len(second.records([tmp_path])) == 1

        fill(second, tmp_path, ["b.jpg"])
        assert len(first.records([tmp_path])) == 2


def test_a_catalog_can_be_read_while_another_connection_writes(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    with Catalog(path) as catalog:
        fill(catalog, tmp_path, ["a.jpg"])
        writer = sqlite3.connect(path, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM file")

        assert len(catalog.records([tmp_path])) == 1
        with Catalog(path) as another:
            assert len(another.records([tmp_path])) == 1

        writer.execute("ROLLBACK")
        writer.close()


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    Catalog(path).close()

    def write(writer: int) -> None:
        with Catalog(path) as catalog:
            for number in range(20):
                fill(catalog, tmp_path / str(writer), [f"{writer}-{number}.jpg"])

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with Catalog(path) as catalog:
        assert len(catalog.records([tmp_path])) == 80


def test_several_may_make_the_catalog_at_the_same_moment(tmp_path: Path) -> None:
    together = threading.Barrier(4)
    failures: list[CatalogError] = []

    def make(path: Path) -> None:
        together.wait()
        try:
            Catalog(path).close()
        except CatalogError as error:
            failures.append(error)

    for attempt in range(10):
        path = tmp_path / f"{attempt}.sqlite3"
        threads = [threading.Thread(target=make, args=(path,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert failures == []


def test_a_change_that_fails_in_the_middle_leaves_nothing_behind(catalog: Catalog, tmp_path: Path) -> None:
    fill(catalog, tmp_path, ["a.jpg"])

    def rows() -> Iterable[FileRow]:
        yield a_row(tmp_path / "b.jpg", None, "not a picture")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        catalog.store_files(rows(), gone=[os.fsencode(tmp_path / "a.jpg")])
    with pytest.raises(CatalogError):
        catalog.store_files([a_row(tmp_path / "c.jpg", 4711)])  # there is no such content

    assert list(catalog.files([tmp_path])) == [os.fsencode(tmp_path / "a.jpg")]


# ---------------------------------------------------------------------- files that are not as they should be


def test_a_catalog_of_a_newer_twinsight_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    with Catalog(path) as catalog:
        fill(catalog, tmp_path, ["a.jpg"])
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {_schema.VERSION + 1}")
    connection.close()

    with pytest.raises(CatalogError, match=r"written by a newer Twinsight .* update Twinsight") as error:
        Catalog(path)

    assert str(path) in str(error.value)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == _schema.VERSION + 1
    assert connection.execute("SELECT count(*) FROM file").fetchone()[0] == 1
    connection.close()


@pytest.mark.parametrize("damage", ["garbage", "middle"])
def test_a_damaged_catalog_is_named_in_one_sentence(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "catalog.sqlite3"
    with Catalog(path) as catalog:
        fill(catalog, tmp_path, (f"{number}.jpg" for number in range(300)))
    data = bytearray(path.read_bytes())
    # The first page says that it is a database, the third and those after it hold the tables.
    data[0 if damage == "garbage" else 8192 :] = b"\xa5" * (len(data) - (0 if damage == "garbage" else 8192))
    path.write_bytes(data)

    with pytest.raises(CatalogError) as error, Catalog(path) as catalog:
        catalog.records([tmp_path])

    assert str(error.value) == (
        f"{path} is damaged or is no catalog; `twinsight catalog repair` saves what can be read of it, your pictures"
        " are not affected."
    )


def test_the_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE photo (name TEXT)")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(CatalogError, match="belongs to another program; name another file"):
        Catalog(path)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_empty_file_becomes_a_catalog(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    path.touch()

    with Catalog(path) as catalog:
        assert catalog.libraries() == ()


def test_a_catalog_where_a_folder_is_says_so_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=str(tmp_path)):
        Catalog(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(CatalogError, match=str(tmp_path / "file" / "catalog.sqlite3")):
        Catalog(tmp_path / "file" / "catalog.sqlite3")


@pytest.mark.skipif(as_root, reason="root may write everywhere")
def test_a_catalog_that_cannot_be_written_says_so_and_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    with Catalog(path) as catalog:
        fill(catalog, tmp_path, ["a.jpg"])
    path.chmod(0o400)

    with pytest.raises(CatalogError, match="cannot be written; change its permissions"), Catalog(path) as catalog:
        fill(catalog, tmp_path, ["b.jpg"])


@pytest.mark.skipif(as_root, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(CatalogError, match="cannot be written; change its permissions"):
            Catalog(tmp_path / "catalog.sqlite3")
    finally:
        tmp_path.chmod(0o700)


def test_a_full_disk_is_told_apart_and_keeps_what_was_done(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.sqlite3") as catalog:
        fill(catalog, tmp_path, ["a.jpg"])
        # SQLite says the same of this limit and of a full disk.
        catalog._connection.execute("PRAGMA max_page_count = 20")

        with pytest.raises(CatalogError, match=r"The disk of .* is full; free some space"):
            fill(catalog, tmp_path, (f"{number}.jpg" for number in range(2000)))

        assert len(catalog.records([tmp_path])) == 1


def test_another_twinsight_that_writes_for_too_long_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.catalog._BUSY_SECONDS", 0.05)
    with Catalog(tmp_path / "catalog.sqlite3") as catalog:
        writer = sqlite3.connect(catalog.path, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")

        with pytest.raises(CatalogError, match="in use by another Twinsight"):
            fill(catalog, tmp_path, ["a.jpg"])

        writer.execute("ROLLBACK")
        writer.close()
        fill(catalog, tmp_path, ["a.jpg"])


def test_a_closed_catalog_says_so_instead_of_crashing(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "catalog.sqlite3")
    catalog.close()
    catalog.close()

    with pytest.raises(CatalogError):
        catalog.libraries()


@pytest.mark.skipif(os.name != "posix", reason="this system has no such permissions")
def test_nobody_else_may_read_the_catalog(tmp_path: Path) -> None:
    with Catalog(tmp_path / "new" / "catalog.sqlite3") as catalog:
        fill(catalog, tmp_path, ["a.jpg"])
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()]

    assert all(mode & 0o077 == 0 for mode in modes)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_the_users_catalog_lies_in_the_users_folder_for_data(home: Path) -> None:
    assert default_catalog_path().name == "catalog.sqlite3"
    assert home in default_catalog_path().parents
