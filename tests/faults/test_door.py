"""The door itself: what it passes on, and what its clients see when it is cut, shut or silent."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.faults.door import Door


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says everything twice, whoever comes."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(one: socket.socket) -> None:
        with one, contextlib.suppress(OSError):
            while said := one.recv(100):
                one.sendall(said * 2)

    def accept() -> None:
        while True:
            try:
                one, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(one,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


def visit(door: Door) -> socket.socket:
    return socket.create_connection(("127.0.0.1", door.port), timeout=5)


def said(one: socket.socket, text: bytes) -> bytes:
    one.sendall(text)
    return one.recv(100)


def ask_twice(door: Door) -> None:
    with visit(door) as one:
        said(one, b"a")
        said(one, b"a")


def test_it_passes_on_what_is_said_and_leads_elsewhere(echo: int) -> None:
    with Door(1) as door:
        with pytest.raises(ConnectionError):
            ask_twice(door)
        door.leads_to = echo
        with visit(door) as one:
            assert said(one, b"ab") == b"abab"
        assert door.passed == 1


def test_a_cut_is_a_reset_and_the_next_is_let_in(echo: int) -> None:
    with Door(echo) as door, visit(door) as one:
        assert said(one, b"a") == b"aa"
        assert door.cut() == 1
        with pytest.raises(ConnectionError):
            one.recv(100)
        with visit(door) as two:
            assert said(two, b"c") == b"cc"


def test_shut_it_refuses_and_open_again_it_has_the_same_address(echo: int) -> None:
    with Door(echo) as door:
        door.shut()
        with pytest.raises(ConnectionError):
            visit(door)
        door.open()
        with visit(door) as one:
            assert said(one, b"c") == b"cc"


def test_silent_it_keeps_what_is_said_until_it_speaks(echo: int) -> None:
    with Door(echo) as door, visit(door) as one:
        door.fall_silent()
        one.sendall(b"a")
        one.settimeout(0.2)
        with pytest.raises(TimeoutError):
            one.recv(100)
        one.settimeout(5)
        door.speak()
        assert one.recv(100) == b"aa"
