"""``meldketen up``: runs everything on this machine until Ctrl-C.

With ``--empty`` there is no demo and no story: the terminal shows a link that makes the first office. A folder that was
begun in this way never gets the demo.
"""

import shlex
import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

from service.commands import story
from service.demo.logins import DEMO_PASSWORD, as_table
from service.embedded import ports
from service.embedded.stack import Stack, held, on
from service.running.operator import as_operator
from service.story.demo_office import load_demo
from service.words.one_line import ToldInOneLine
from tenants.identity.set_up_links import LASTS, make_set_up_link

WEB_PORT = 8000
SANDBOX_PORT = 8025
CONTROLLERS = 300
STORY_TOLD = "story-told"
DATA = Path(".data")
STOPS = "\nCtrl-C stops everything."


def add_arguments(parser: ArgumentParser) -> None:
    """Add the settings that may differ between laptops."""
    parser.add_argument("--port", type=int, help=f"the web port (default: {WEB_PORT}, or the next free one)")
    parser.add_argument("--data", type=Path, default=DATA, help="the data folder (default: .data)")
    parser.add_argument("--workers", type=int, default=1, help="how many workers (default: 1)")
    parser.add_argument(
        "--empty", action="store_true", help="no demo and no story: a page to set up an office of your own"
    )
    parser.add_argument("--no-story", action="store_true", help="do not play the story at the first start")


def run(arguments: Namespace) -> int:
    """Start everything, play the story once, and stay until Ctrl-C or a request to end."""
    try:
        with (
            held(arguments.data, _say) as servers,
            _without_signals_at_the_end(),
            _web_port(arguments.port) as web,
            ports.from_upwards(SANDBOX_PORT) as sandbox,
        ):
            _say(f"Starting PostgreSQL and Valkey in {arguments.data}.")
            with on(servers, ports.number_of(web), ports.number_of(sandbox), _say) as stack:
                _open(stack, arguments)
                _stay(stack)
    except KeyboardInterrupt:
        _say("Stopped.")
    return 0


def _web_port(asked: int | None) -> socket:
    if asked is not None:
        return ports.exactly(asked)
    web = ports.from_upwards(WEB_PORT)
    if ports.number_of(web) != WEB_PORT:
        _say(f"Port {WEB_PORT} is taken; using {ports.number_of(web)}.")
    return web


def _open(stack: Stack, arguments: Namespace) -> None:
    if arguments.empty or stack.servers.folder.begun_empty.exists():
        _open_empty(stack, arguments)
        return
    _say("Loading the demo office, when it is not there yet.")
    load_demo(stack.config, controllers=CONTROLLERS)
    _start(stack, arguments)
    marker = stack.servers.folder.path / STORY_TOLD
    if not arguments.no_story and not marker.exists():
        story.play_before_ones_eyes(stack.config)
        marker.touch()
    _say_where(stack)
    print(f"\nWho can log in, each with the password {DEMO_PASSWORD}")
    print(f"and a code of six digits, from   {_code_command(arguments.data)}\n")
    for line in as_table():
        print(f"  {line}")
    print(STOPS, flush=True)


def _open_empty(stack: Stack, arguments: Namespace) -> None:
    """Open an installation without the demo. Raises ToldInOneLine when its folder holds an organisation already, which
    `up` with the demo made."""
    marker = stack.servers.folder.begun_empty
    with as_operator(stack.config) as operator:
        link = make_set_up_link(operator)
    if link is None and not marker.exists():
        there = f"an organisation is in {arguments.data} already"
        raise ToldInOneLine(f"{there}; begin in another folder: up --empty --data FOLDER")
    marker.touch()
    if not arguments.empty:
        _say("This folder was begun with --empty, so the demo is not loaded into it.")
    _start(stack, arguments)
    _say_where(stack)
    if link:
        print(f"\nBegin here  {stack.base_url}/set-up/{link.token}")
        print(f"            It makes the first office, once, within {LASTS.days} days; each start prints a new one.")
    print(STOPS, flush=True)


def _start(stack: Stack, arguments: Namespace) -> None:
    _say("Starting web, worker, clock and the SendGrid sandbox.")
    stack.start_processes(workers=arguments.workers, clocks=1)


def _say_where(stack: Stack) -> None:
    print(f"\nMeldketen   {stack.base_url}")
    print(f"Inbox       {stack.sandbox_url}   every mail, as its reader sees it")


def _code_command(data: Path) -> str:
    """Return the command that prints somebody's code, started in the same way as this program."""
    beside = Path(sys.executable).with_name("meldketen")
    program = [str(beside.relative_to(Path.cwd()) if beside.is_relative_to(Path.cwd()) else beside)]
    words = program if beside.exists() else [sys.executable, "-m", "service.cli"]
    folder = "" if data == DATA else f" --data {shlex.quote(str(data))}"
    return f"{shlex.join([*words, 'demo', 'code'])} ADDRESS{folder}"


def _stay(stack: Stack) -> None:
    while True:
        time.sleep(1)
        stack.mend()


@contextmanager
def _without_signals_at_the_end() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        _say("\nStopping.")
        raise
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # A second Ctrl-C must not leave processes behind.


def _say(line: str) -> None:
    print(line, flush=True)
