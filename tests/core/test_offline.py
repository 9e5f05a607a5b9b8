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
        print("no connections" in str(error))
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


def test_the_ban_can_be_lifted() -> None:
    code = "from core.offline import forbid_network, is_allowed; forbid_network(); print(is_allowed())"
    assert run(code, TWINSIGHT_NETWORK="allow") == ["True"]
    assert run(code, TWINSIGHT_NETWORK="") == ["False"]


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
        print("connections" in team.collect()[0].error.reason)
"""
    assert run(code) == ["True"]
