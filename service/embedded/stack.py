"""All of Meldketen on one machine: servers, sandbox, web, workers and clocks, in one folder."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from service.config import Config
from service.embedded import ports
from service.embedded.processes import Children, end_left_over
from service.embedded.programs import command, sandbox_command, web_command
from service.embedded.servers import Embedded
from service.embedded.waiting import log_tail
from service.release import release

ANSWERS_WITHIN = 60.0
SANDBOX_SETTINGS = ("SANDBOX_DIR", "SANDBOX_PRIVATE_KEY", "WEBHOOK_URL", "SENDGRID_API_KEY", "MAIL_FROM")
Say = Callable[[str], None]


@dataclass(slots=True)
class Stack:
    """What runs on this machine, and at which addresses."""

    servers: Embedded
    children: Children
    base_url: str
    sandbox_url: str

    @property
    def config(self) -> Config:
        """Return the settings that the processes get."""
        return self.servers.config(self.base_url, self.sandbox_url)

    def start_processes(self, workers: int, clocks: int) -> None:
        """Start everything except the databases, and wait until the pages answer."""
        settings = self._settings()
        self.children.start("sandbox", sandbox_command(self.sandbox_url), _for_the_sandbox(settings))
        self.children.start("web", web_command(self.base_url), settings)
        self.start("worker", workers)
        self.start("clock", clocks)
        for url in (self.sandbox_url, self.base_url):
            ports.wait_for(url, ANSWERS_WITHIN, self._what_died)

    def start(self, kind: str, count: int) -> None:
        """Start this many workers or clocks."""
        for number in range(1, count + 1):
            self.children.start(f"{kind}-{number}", command(kind), self._settings())

    def _settings(self) -> dict[str, str]:
        return replace(self.config, owner_database_url=None).as_environment()

    def mend(self) -> None:
        """Start again each process that ended and should run."""
        if not self.servers.running():
            self.servers.start()
        self.children.revive()

    def _what_died(self) -> str | None:
        for child in self.children.dead():
            return f"{child.name} does not start: {log_tail(child.log)} (see {child.log})"
        return None


def _for_the_sandbox(settings: dict[str, str]) -> dict[str, str]:
    return {name: settings[name] for name in SANDBOX_SETTINGS}


@contextmanager
def held(folder: Path, say: Say, *, outlives: bool = True) -> Iterator[Embedded]:
    """Hold the folder. End first what an earlier run left there, and stop the servers at the end."""
    servers = Embedded(folder, outlives=outlives)
    try:
        ended = end_left_over(servers.folder.path)
        if ended:
            say(f"Ended {ended} processes that an earlier run left behind.")
        yield servers
    finally:
        servers.stop()


@contextmanager
def on(servers: Embedded, web_port: int, sandbox_port: int, say: Say) -> Iterator[Stack]:
    """Start the servers and migrate. The caller starts the processes, and they are ended here."""
    stack = Stack(servers, Children(servers.folder.path, say), _local(web_port), _local(sandbox_port))
    servers.folder.announce(stack.base_url, stack.sandbox_url)
    servers.start()
    release(stack.config)
    try:
        yield stack
    finally:
        stack.children.stop()


@contextmanager
def running_stack(
    folder: Path | None = None,
    web_port: int = 0,
    workers: int = 1,
    clocks: int = 1,
    say: Say = lambda line: None,
) -> Iterator[Stack]:
    """Run a whole stack for a trial. Without a folder it gets a temporary one, which is removed afterwards."""
    home = folder or Path(tempfile.mkdtemp(prefix="meldketen-"))
    try:
        with (
            held(home, say, outlives=folder is not None) as servers,
            ports.hold(web_port) as web,
            ports.hold(0) as sandbox,
            on(servers, ports.number_of(web), ports.number_of(sandbox), say) as stack,
        ):
            stack.start_processes(workers, clocks)
            yield stack
    finally:
        if folder is None:
            shutil.rmtree(home, ignore_errors=True)


def _local(port: int) -> str:
    return f"http://{ports.LOOPBACK}:{port}"
