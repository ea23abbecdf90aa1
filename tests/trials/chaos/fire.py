"""The fire: carries out a plan of blows on a running stack, and starts again what it ended."""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
from redis import Redis
from redis.exceptions import RedisError

from service.embedded.stack import Stack
from service.story.client import Api, TrialFailed
from tests.trials.chaos.plan import FLUSH, RESTARTS, Blow, sandbox_faults

PAUSE = 0.1
CONTROL_WITHIN = 30.0


@dataclass
class Fire:
    """Burns in the thread that started the stack: the kernel ends a child when the thread that made it ends."""

    stack: Stack
    seed: int
    struck: Counter[str] = field(default_factory=Counter)
    ended_alone: Counter[str] = field(default_factory=Counter)
    over: bool = False
    _sandboxes: int = 0

    def light(self) -> None:
        """SendGrid begins to fail."""
        self._tell_sandbox()

    def burn(self, plan: tuple[Blow, ...], going_on: Callable[[], bool], show: Callable[[int], None]) -> None:
        """Every blow of the plan, as long as the story is going on."""
        for nth, blow in enumerate(plan, 1):
            self._wait(blow.after, going_on)
            if not going_on():
                return
            self._strike(blow)
            show(nth)
        self.over = True

    def keep_alive(self, going_on: Callable[[], bool]) -> None:
        """Mend what ends by itself, until the story is told."""
        while going_on():
            self._wait(1.0, going_on)

    def put_out(self) -> None:
        """SendGrid works again, everything runs; no more blows."""
        self._mend()
        self._control().post_faults({})

    def _wait(self, seconds: float, going_on: Callable[[], bool]) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and going_on():
            self._mend()
            time.sleep(PAUSE)

    def _mend(self) -> None:
        """What died without a blow is counted: it should not have."""
        for child in self.stack.children.dead():
            self.ended_alone[child.name] += 1
            self.stack.children.restart(child.name)

    def _strike(self, blow: Blow) -> None:
        if blow.what == FLUSH:
            self._flush()
        elif blow.what in RESTARTS:
            self.stack.servers.postgres.restart(immediate=blow.what == RESTARTS[0])
        elif blow.what == "valkey":
            self._kill_valkey(blow)
        elif blow.what == "web_child":
            self._kill_web_child(blow)
        else:
            self._kill(blow)
        self.struck[blow.what] += 1

    def _kill(self, blow: Blow) -> None:
        children = self.stack.children
        names = sorted(name for name in children.by_name if name.partition("-")[0] == blow.what)
        name = names[int(blow.pick * len(names))]
        children.by_name[name].kill()
        time.sleep(blow.down)
        children.restart(name)
        if name == "sandbox":
            self._sandboxes += 1
            self._tell_sandbox()

    def _kill_web_child(self, blow: Blow) -> None:
        with suppress(psutil.Error):
            forked = psutil.Process(self.stack.children.by_name["web"].pid).children()
            if forked:
                forked[int(blow.pick * len(forked))].kill()

    def _kill_valkey(self, blow: Blow) -> None:
        pid = self.stack.servers.valkey.pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        time.sleep(blow.down)
        self.stack.servers.valkey.start()

    def _flush(self) -> None:
        with suppress(RedisError), Redis.from_url(self.stack.servers.valkey.url()) as client:
            client.flushall()

    def _tell_sandbox(self) -> None:
        self._control().post_faults(sandbox_faults(self.seed, self._sandboxes))

    def _control(self) -> "Control":
        return Control(self.stack.sandbox_url)


class Control:
    """The sandbox's switches."""

    def __init__(self, sandbox_url: str) -> None:
        self._api = Api(sandbox_url, prefix="/sandbox", patience=CONTROL_WITHIN)

    def post_faults(self, faults: dict[str, object]) -> None:
        """These faults from now on."""
        try:
            self._api.put("/faults", faults)
        except TrialFailed as failure:
            print(f"the sandbox was not told: {failure}", file=sys.stderr)
