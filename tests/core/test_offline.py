"""Nothing in a process of Twinsight can connect to another computer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRY = """
import os, socket, sys, urllib.request
from core.offline import forbid_network
forbid_network()
forbid_network()
for attempt in (
    lambda: socket.create_connection(("192.0.2.1", 80), 0.2),
    lambda: socket.getaddrinfo("example.org", 80),
    lambda: urllib.request.urlopen("http://example.org"),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
    lambda: socket.socket(socket.AF_INET6).connect(("2001:db8::1", 80)),
):
    try:
        attempt()
        print("connected")
    except OSError as error:
        print("by itself" in str(error))
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname(), 1).close()
one, two = socket.socketpair()
print(os.environ["HF_HUB_OFFLINE"])
"""


def run(code: str, **environment: str) -> list[str]:
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=variables, check=True)
    return done.stdout.split()


def test_connections_are_refused_but_for_this_computer() -> None:
    assert run(TRY) == ["True"] * 5 + ["1"]


LIFT = """
import socket
from core.offline import forbid_network, permitted
forbid_network()

def try_it():
    try:
        socket.create_connection(("192.0.2.1", 80), 0.05)
    except OSError as error:
        print("by itself" in str(error))

try:
    with permitted("This"):
        try_it()
except Exception as error:
    print(type(error).__name__)
try_it()
"""


def test_what_a_person_asks_for_may_connect_and_nothing_after_it() -> None:
    assert run(LIFT) == ["False", "True"]


def test_the_setting_forbids_that_too_or_lifts_the_ban() -> None:
    assert run(LIFT, TWINSIGHT_NETWORK="never") == ["TwinsightError", "True"]
    assert run(LIFT, TWINSIGHT_NETWORK="always") == ["False", "False"]


@pytest.mark.parametrize("entry", ["main", "window"])
def test_both_programs_begin_with_it(entry: str) -> None:
    code = f"""
import sys
from app import __main__, cli
from core import offline
offline.forbid_network = lambda: print("forbidden")
__main__.open_window = lambda *arguments: 0
__main__.{entry}([])
"""
    assert run(code) == ["forbidden"]


def test_worker_processes_are_told_too() -> None:
    code = """
from core.workers import WorkerTeam
import socket
if __name__ == "__main__":
    with WorkerTeam(socket.getaddrinfo, 1) as team:
        team.submit(1, "example.org", 80)
        print("by itself" in team.collect()[0].error.reason)
"""
    assert run(code) == ["True"]
