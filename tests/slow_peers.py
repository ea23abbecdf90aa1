"""Peers that take their time: one for each phase of an exchange. Real sockets; each goes on until it is stopped."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

PAUSE_S = 0.1
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Manner = Callable[[socket.socket, Event], None]


def _drip(content: bytes, first: bytes = b"") -> Manner:
    """`first` at once, then `content` for ever, a byte at a time."""

    def speak(line: socket.socket, over: Event) -> None:
        line.sendall(first)
        while content and not over.is_set():
            for place in range(len(content)):
                line.sendall(content[place : place + 1])
                if over.wait(PAUSE_S):
                    return
        over.wait()

    return speak


def _flood(content: bytes, first: bytes = b"") -> Manner:
    """`first`, then `content` for ever, as fast as it goes."""

    def speak(line: socket.socket, over: Event) -> None:
        line.sendall(first)
        while not over.is_set():
            line.sendall(content)

    return speak


def _a_line_now_and_then(line: socket.socket, over: Event) -> None:
    line.sendall(OK)
    while not over.wait(PAUSE_S):
        line.sendall(b"X-More: 1\r\n")


PHASES: dict[str, Manner] = {
    "accepts only": _drip(b""),
    "the status line, slowly": _drip(b" ", b"HTTP/1.1 200 O"),
    "continue, for ever": _flood(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a header now and then": _a_line_now_and_then,
    "a header that never ends": _flood(b"x" * 4096, OK + b"X-Long: "),
    "headers for ever": _flood(b"X-More: 1\r\n" * 50, OK),
    "a body, slowly": _drip(b" ", OK + b"Content-Length: 500\r\n\r\n"),
    "a body in chunks, slowly": _drip(b"1\r\n \r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n"),
    "a body that never ends": _flood(b" " * 4096, OK + b"Connection: close\r\n\r\n"),
}
"""What a peer does after it has accepted. Over https "accepts only" is a handshake that never begins."""
ENDLESS = {"a header that never ends", "headers for ever", "a body that never ends", "continue, for ever"}


@contextmanager
def slow_peer(manner: Manner) -> Iterator[int]:
    """Listens on this machine, and answers each who comes in this manner; its port."""
    over = Event()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:

        def answer(line: socket.socket) -> None:
            with line, suppress(OSError):
                manner(line, over)

        def listen() -> None:
            with suppress(OSError):
                while True:
                    Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

        Thread(target=listen, daemon=True).start()
        yield listener.getsockname()[1]
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
