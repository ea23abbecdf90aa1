"""Carries out a plan of faults on a running stack, and starts again what it ended."""

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
from tests.trials.chaos.plan import FLUSH, RESTARTS, Fault, sandbox_faults

PAUSE = 0.1
CONTROL_WITHIN = 30.0


@dataclass
class FaultInjector:
    """Works in the thread that started the stack: the kernel ends a child when the thread that made it ends."""

    stack: Stack
    seed: int
    injected: Counter[str] = field(default_factory=Counter)
    ended_alone: Counter[str] = field(default_factory=Counter)
    over: bool = False
    _sandboxes: int = 0

    def begin(self) -> None:
        """Let SendGrid begin to fail."""
        self._tell_sandbox()

    def inject(self, plan: tuple[Fault, ...], going_on: Callable[[], bool], show: Callable[[int], None]) -> None:
        """Inject every fault of the plan, as long as the story is going on."""
        for nth, fault in enumerate(plan, 1):
            self._wait(fault.after, going_on)
            if not going_on():
                return
            self._inject_one(fault)
            show(nth)
        self.over = True

    def keep_alive(self, going_on: Callable[[], bool]) -> None:
        """Restart processes that end by themselves, until the story is over."""
        while going_on():
            self._wait(1.0, going_on)

    def end(self) -> None:
        """Inject no more faults: restart what ended, and let SendGrid work again."""
        self._mend()
        self._control().post_faults({})

    def _wait(self, seconds: float, going_on: Callable[[], bool]) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and going_on():
            self._mend()
            time.sleep(PAUSE)

    def _mend(self) -> None:
        """Restart and count each process that ended without a fault of the plan; none should."""
        for child in self.stack.children.dead():
            self.ended_alone[child.name] += 1
            self.stack.children.restart(child.name)

    def _inject_one(self, fault: Fault) -> None:
        if fault.what == FLUSH:
            self._flush()
        elif fault.what in RESTARTS:
            self.stack.servers.postgres.restart(immediate=fault.what == RESTARTS[0])
        elif fault.what == "valkey":
            self._kill_valkey(fault)
        elif fault.what == "web_child":
            self._kill_web_child(fault)
        else:
            self._kill(fault)
        self.injected[fault.what] += 1

    def _kill(self, fault: Fault) -> None:
        children = self.stack.children
        names = sorted(name for name in children.by_name if name.partition("-")[0] == fault.what)
        name = names[int(fault.pick * len(names))]
        children.by_name[name].kill()
        time.sleep(fault.down)
        children.restart(name)
        if name == "sandbox":
            self._sandboxes += 1
            self._tell_sandbox()

    def _kill_web_child(self, fault: Fault) -> None:
        with suppress(psutil.Error):
            forked = psutil.Process(self.stack.children.by_name["web"].pid).children()
            if forked:
                forked[int(fault.pick * len(forked))].kill()

    def _kill_valkey(self, fault: Fault) -> None:
        pid = self.stack.servers.valkey.pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        time.sleep(fault.down)
        self.stack.servers.valkey.start()

    def _flush(self) -> None:
        with suppress(RedisError), Redis.from_url(self.stack.servers.valkey.url()) as client:
            client.flushall()

    def _tell_sandbox(self) -> None:
        self._control().post_faults(sandbox_faults(self.seed, self._sandboxes))

    def _control(self) -> "Control":
        return Control(self.stack.sandbox_url)


class Control:
    """Sets the sandbox's faults."""

    def __init__(self, sandbox_url: str) -> None:
        self._api = Api(sandbox_url, prefix="/sandbox", patience=CONTROL_WITHIN)

    def post_faults(self, faults: dict[str, object]) -> None:
        """Let the sandbox have these faults from now on."""
        try:
            self._api.put("/faults", faults)
        except TrialFailed as failure:
            print(f"the sandbox was not told: {failure}", file=sys.stderr)
