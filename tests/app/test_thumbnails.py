"""Thumbnails come from a worker process, within bounds, and a broken file costs one placeholder."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.thumbnail_cache import ThumbnailFiles
from app.thumbnail_loader import Request, RequestQueue
from app.thumbnails import ImageMemory, ThumbnailService, key_of
from core.records import ImageRecord

_WAIT = 20_000
_Service = Callable[..., ThumbnailService]


@pytest.fixture
def make_service(qtbot: QtBot) -> Iterator[_Service]:
    """Makes services and ends them."""
    services: list[ThumbnailService] = []

    def make(**arguments: object) -> ThumbnailService:
        services.append(ThumbnailService(**arguments))  # type: ignore[arg-type]
        return services[-1]

    yield make
    for service in services:
        service.shutdown()


def picture(path: Path, size: tuple[int, int] = (640, 480), colour: str = "red") -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def record(path: Path, content: str = "") -> ImageRecord:
    status = path.stat() if path.exists() else None
    return ImageRecord(path, content, 640, 480, status.st_size if status else 0, 1.0, "PNG")


def wait_for(qtbot: QtBot, service: ThumbnailService, wanted: ImageRecord) -> QImage | None:
    """Ask, wait for the answer, ask again."""
    key = key_of(wanted)
    with qtbot.waitSignal(service.ready, timeout=_WAIT, check_params_cb=lambda keys: key in keys):
        service.request(wanted)
    return service.request(wanted)


def test_a_picture_comes_small_and_upright(qtbot: QtBot, make_service: _Service, tmp_path: Path) -> None:
    image = Image.new("RGB", (800, 400), "blue")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    image.save(tmp_path / "turned.jpg", exif=exif)
    thumbnail = wait_for(qtbot, make_service(side=200), record(tmp_path / "turned.jpg"))
    assert thumbnail is not None
    assert (thumbnail.width(), thumbnail.height()) == (100, 200)
    assert thumbnail.pixelColor(50, 100).blue() > 240


def test_what_is_in_memory_comes_at_once(qtbot: QtBot, make_service: _Service, tmp_path: Path) -> None:
    service, wanted = make_service(), record(picture(tmp_path / "a.png"), "aa")
    assert service.request(wanted) is None
    qtbot.waitUntil(lambda: service.request(wanted) is not None, timeout=_WAIT)
    (tmp_path / "a.png").unlink()
    assert service.request(wanted) is not None


def test_two_copies_of_one_content_are_decoded_once(qtbot: QtBot, make_service: _Service, tmp_path: Path) -> None:
    service = make_service()
    first = record(picture(tmp_path / "a.png"), "aa")
    assert wait_for(qtbot, service, first) is not None
    assert service.request(record(tmp_path / "gone.png", "aa")) is not None


def test_a_broken_file_says_why(qtbot: QtBot, make_service: _Service, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture at all")
    service, broken = make_service(), record(tmp_path / "broken.jpg", "bb")
    assert service.failed("bb") is None
    assert wait_for(qtbot, service, broken) is None
    assert service.failed("bb")


def test_a_copy_that_is_still_there_stands_in_for_one_that_is_gone(
    qtbot: QtBot, make_service: _Service, tmp_path: Path
) -> None:
    service = make_service()
    assert wait_for(qtbot, service, record(tmp_path / "gone.png", "cc")) is None
    assert wait_for(qtbot, service, record(picture(tmp_path / "here.png"), "cc")) is not None
    assert service.failed("cc") is None


def test_a_mended_file_is_tried_again_when_asked(qtbot: QtBot, make_service: _Service, tmp_path: Path) -> None:
    service, wanted = make_service(), record(tmp_path / "a.png", "dd")
    assert wait_for(qtbot, service, wanted) is None
    picture(tmp_path / "a.png")
    service.forget_failures()
    assert wait_for(qtbot, service, wanted) is not None


def test_another_picture_under_the_same_path_is_noticed(qtbot: QtBot, make_service: _Service, tmp_path: Path) -> None:
    service = make_service()
    old = record(picture(tmp_path / "query.png", colour="red"))
    assert wait_for(qtbot, service, old) is not None
    new = record(picture(tmp_path / "query.png", (320, 320), "green"))
    thumbnail = wait_for(qtbot, service, new)
    assert thumbnail is not None
    assert thumbnail.pixelColor(5, 5).green() > 100


def test_a_larger_picture_comes_under_its_own_key(qtbot: QtBot, make_service: _Service, tmp_path: Path) -> None:
    service, wanted = make_service(side=64), record(picture(tmp_path / "a.png"), "ee")
    key = service.large_key(wanted, 512)
    with qtbot.waitSignal(service.ready, timeout=_WAIT, check_params_cb=lambda keys: key in keys):
        assert service.request_large(wanted, 512) is None
    large = service.request_large(wanted, 512)
    assert large is not None
    assert large.width() == 512


def test_many_answers_come_in_few_signals(qtbot: QtBot, make_service: _Service, tmp_path: Path) -> None:
    service = make_service(side=32)
    wanted = [record(picture(tmp_path / f"{n}.png", (40, 30)), f"{n:04x}") for n in range(40)]
    signals: list[list[str]] = []
    service.ready.connect(signals.append)
    for one in wanted:
        service.request(one)
    qtbot.waitUntil(lambda: sum(map(len, signals)) == len(wanted), timeout=_WAIT)
    assert len(signals) < len(wanted)
    assert sorted(key for keys in signals for key in keys) == sorted(one.content for one in wanted)


def test_a_thumbnail_outlives_the_application(qtbot: QtBot, make_service: _Service, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    wanted = record(picture(tmp_path / "a.png"), "0a1b2c")
    assert wait_for(qtbot, make_service(cache_folder=cache), wanted) is not None
    (tmp_path / "a.png").write_bytes(b"nothing to decode any more")
    assert wait_for(qtbot, make_service(cache_folder=cache), wanted) is not None


def test_a_damaged_file_in_the_cache_is_made_anew(qtbot: QtBot, make_service: _Service, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    wanted = record(picture(tmp_path / "a.png"), "0a1b2c")
    wait_for(qtbot, make_service(cache_folder=cache), wanted)
    (kept,) = cache.rglob("*.jpg")
    kept.write_bytes(kept.read_bytes()[:200])
    assert wait_for(qtbot, make_service(cache_folder=cache), wanted) is not None
    (mended,) = cache.rglob("*.jpg")
    assert mended.stat().st_size > 200


def test_a_content_that_is_no_digest_never_names_a_file(qtbot: QtBot, make_service: _Service, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    wanted = record(picture(tmp_path / "a.png"), "../../escape")
    assert wait_for(qtbot, make_service(cache_folder=cache), wanted) is not None
    assert not list(tmp_path.rglob("escape*"))


def test_shutting_down_while_pictures_are_due_is_quick_and_quiet(
    qtbot: QtBot, make_service: _Service, tmp_path: Path
) -> None:
    service, path = make_service(), picture(tmp_path / "large.png", (3000, 3000))
    for number in range(50):
        service.request(record(path, f"{number:04x}"))
    heard: list[list[str]] = []
    service.ready.connect(heard.append)
    service.shutdown()
    service.shutdown()
    assert not service._loader.is_alive()
    qtbot.wait(100)
    assert heard == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_cache_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "thumbnails"
    ThumbnailFiles(folder).write("abcd", 320, b"jpeg\xff\xd9")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_cache_keeps_what_was_used_last(tmp_path: Path) -> None:
    files = ThumbnailFiles(tmp_path / "cache", limit=5_000)
    for number in range(10):
        files.write(f"{number:04x}", 320, b"x" * 998 + b"\xff\xd9")
        path = next((tmp_path / "cache").rglob(f"{number:04x}-320.jpg"))
        os.utime(path, (1000.0 + number, 1000.0 + number))
    assert files.read("0000", 320) is not None
    assert files.prune() == 6
    assert files.read("0000", 320) is not None
    assert files.read("0001", 320) is None
    assert not list((tmp_path / "cache").rglob("*.part"))


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    files = ThumbnailFiles(tmp_path / "cache")
    files.write("abcd", 320, b"jpeg\xff\xd9")
    files.write("abce", 320, b"jpeg\xff\xd9")
    assert files.read("abcd", 320) is None
    assert len(caplog.records) == 1


def test_the_newest_batch_goes_first_and_in_its_order() -> None:
    queue = RequestQueue(limit=10)
    for key, batch in (("old 1", 1), ("old 2", 1), ("new 1", 2), ("new 2", 2)):
        queue.put(Request(key, "", Path(key), 320, batch))
    taken = [queue.take(wait=False) for _ in range(5)]
    assert [request and request.key for request in taken] == ["new 1", "new 2", "old 1", "old 2", None]


def test_what_scrolled_by_is_forgotten() -> None:
    queue = RequestQueue(limit=3)
    for number in range(6):
        queue.put(Request(str(number), "", Path(), 320, number))
    assert [request.key for _ in range(3) if (request := queue.take(wait=False))] == ["5", "4", "3"]
    assert queue.take(wait=False) is None


def test_what_is_being_decoded_is_not_queued_again() -> None:
    queue, request = RequestQueue(limit=3), Request("a", "", Path(), 320, 1)
    queue.put(request)
    assert queue.take(wait=False) == request
    queue.put(request)
    assert len(queue) == 0
    queue.done(["a"])
    queue.put(request)
    assert len(queue) == 1


def test_memory_is_bounded_and_keeps_what_was_used_last() -> None:
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    memory = ImageMemory(limit=image.sizeInBytes() * 3)
    for key in "abc":
        memory.put(key, image.copy())
    assert memory.get("a") is not None
    memory.put("d", image.copy())
    assert [key in memory for key in "abcd"] == [True, False, True, True]
    memory.put("d", image.copy())
    assert memory.bytes == image.sizeInBytes() * 3
