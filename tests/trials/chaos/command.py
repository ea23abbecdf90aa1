"""``meldketen chaos``: the story while processes are killed, Valkey is emptied, PostgreSQL restarts and SendGrid fails.

The last line on stdout is one JSON object. It is counted from outside when no work is open any more:

kills, flushes, db_restarts   the faults that were injected; PostgreSQL restarts fast and immediately by turns.
steps         ``lost``: failed for good, or gone. ``doubled``: done, open or in the history twice. ``stuck``: still to
              be done, or waiting although what it waits for is there.
escalations   ``missed``: a controller that was not informed or is not aware; the office phones those whose mail has an
              unknown outcome after the faults. ``doubled``: opened twice, or mailed twice at one address.
notices       of the one notice; planned = delivered + bounced + dropped + rejected + unknown. ``unknown``: the answer
              to the batch was lost and no event came, or the last event was lost for good; nothing is sent again.
              ``missed``: our state does not agree with the sandbox's. ``twice``: a reader got it more than once.
clocks        ``missed``: due and not heard. ``late_s_max``: the most seconds between a moment and its hearing.
webhook       distinct events: ``sent`` were made and not lost, ``applied`` were kept by us, ``lost`` never arrived.
history       ``verified``: no entry of any register was altered.

The exit code is 0 only when nothing is lost, doubled, missed or stuck and every sum matches. A long run is
``--kills 1000``.
"""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from service.embedded.databases import DATABASE
from service.embedded.stack import Stack, running_stack
from service.embedded.waiting import log_tail
from service.story.client import TrialFailed
from service.story.demo_office import load_demo
from service.story.inbox import Inbox
from service.story.play import LEAST_CONTROLLERS
from service.story.scenarios import scenario
from service.story.screen import Screen, wait_until
from tests.trials.chaos.events import look_outside
from tests.trials.chaos.fault_injector import FaultInjector
from tests.trials.chaos.figures import failed, figures
from tests.trials.chaos.plan import Fault, lasts, plan_of
from tests.trials.chaos.rows import Rows
from tests.trials.chaos.story import PATIENCE, StoryUnderFaults

STORY = "lost-backup"
QUIET_WITHIN, QUIET_FOR = 400.0, 2.5
NUMBERS = {
    "controllers": (200, "how many clients the incident hits"), "people": (5000, "how many people get the notice"),
    "kills": (40, "how many processes are killed"), "flushes": (5, "how often Valkey is emptied"),
    "db-restarts": (2, "how often PostgreSQL is restarted"), "workers": (3, "how many workers"),
    "clocks": (2, "how many clock processes"), "seed": (1, "the same number, the same plan of faults"),
}  # fmt: skip


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options: the size of the story and the number of faults."""
    for name, (usual, text) in NUMBERS.items():
        parser.add_argument(f"--{name}", type=int, default=usual, help=f"{text} (default: {usual})")
    parser.add_argument("--logs", type=Path, help="copy the processes' logs here before the folder is removed")
    parser.add_argument("--json", action="store_true", help="nothing on stdout but the JSON")


def run(arguments: Namespace) -> int:
    """Run in a temporary folder with servers of its own. Returns the exit code: 0 only when everything adds up."""
    problem = _wrong_with(arguments)
    if problem:
        print(f"meldketen: {problem}", file=sys.stderr)
        return 2
    begun = time.monotonic()
    try:
        result, wrong = _tried(arguments)
    except TrialFailed as failure:
        result, wrong = {}, [f"the story stopped: {failure}"]
    for name in wrong:
        print(f"FAILED: {name}", file=sys.stderr)
    result |= {"seconds": round(time.monotonic() - begun, 1), "ok": not wrong}
    if not arguments.json:
        print("\n".join(f"{name:<12} {value}" for name, value in result.items()))
    print(json.dumps(result), flush=True)
    return 0 if result["ok"] else 1


def _wrong_with(arguments: Namespace) -> str | None:
    if arguments.controllers < LEAST_CONTROLLERS:
        return f"a story needs at least {LEAST_CONTROLLERS} controllers."
    if min(arguments.people, arguments.workers, arguments.clocks) < 1:
        return "people, workers and clocks are at least 1."
    if min(arguments.kills, arguments.flushes, arguments.db_restarts) < 0:
        return "kills, flushes and db-restarts are at least 0."
    return None


def _tried(arguments: Namespace) -> tuple[dict[str, Any], list[str]]:
    plan = plan_of(arguments.seed, arguments.kills, arguments.flushes, arguments.db_restarts)
    with Screen() as screen, running_stack(workers=arguments.workers, clocks=arguments.clocks) as stack:
        with screen.phase("load", f"The demo office with {arguments.controllers} clients"):
            load_demo(stack.config, arguments.controllers)
        try:
            return _in_stack(arguments, plan, stack, screen)
        finally:
            print(Rows(stack.servers.postgres.url(DATABASE)).standing(), file=sys.stderr)
            _keep_logs(arguments.logs, stack)


def _in_stack(
    arguments: Namespace, plan: tuple[Fault, ...], stack: Stack, screen: Screen
) -> tuple[dict[str, Any], list[str]]:
    injector, rows = FaultInjector(stack, arguments.seed), Rows(stack.servers.postgres.url(DATABASE))
    story = StoryUnderFaults(
        scenario(STORY), arguments.controllers, arguments.people, arguments.seed, stack.config, lasts(plan)
    )
    with ThreadPoolExecutor(1) as elsewhere:
        telling = elsewhere.submit(story.play, screen, lambda: injector.over)
        _inject_all(injector, plan, telling, screen)
    inbox = Inbox(stack.sandbox_url, PATIENCE)
    _until_quiet(screen, injector, inbox, rows)
    with ThreadPoolExecutor(1) as elsewhere:
        called = elsewhere.submit(story.phone_the_rest, screen)
        injector.keep_alive(lambda: not called.done())
        called.result()
    _until_quiet(screen, injector, inbox, rows)
    outside = look_outside(inbox, stack.servers.folder.sandbox)
    report = figures(story, injector.injected, outside, rows)
    _tell(story, injector, report)
    return report, failed(report, story, outside, rows)


def _inject_all(injector: FaultInjector, plan: tuple[Fault, ...], telling: Future[None], screen: Screen) -> None:
    """Inject faults until the plan and the story are over; then SendGrid works again. Raises what stopped the story."""
    injector.begin()
    with screen.phase("faults", "Processes are killed, servers restarted", len(plan)) as show:
        injector.inject(plan, lambda: not telling.done(), show)
    injector.keep_alive(lambda: not telling.done())
    injector.end()
    telling.result()


def _until_quiet(screen: Screen, injector: FaultInjector, inbox: Inbox, rows: Rows) -> None:
    """Wait until for a while no work is open and no event is on its way. Work that stays open is counted as stuck."""
    quiet_since = time.monotonic()

    def quiet() -> bool:
        nonlocal quiet_since
        injector.keep_alive(lambda: False)
        if rows.open_work() or inbox.sums()["events"]["pending"]:
            quiet_since = time.monotonic()
        return time.monotonic() - quiet_since >= QUIET_FOR

    with screen.phase("quiet", "Until it is quiet"):
        try:
            wait_until(quiet, "quiet", QUIET_WITHIN)
        except TrialFailed as failure:
            print(f"not quiet: {failure}", file=sys.stderr)


def _tell(story: StoryUnderFaults, injector: FaultInjector, report: dict[str, Any]) -> None:
    injected = ", ".join(f"{name} {count}" for name, count in sorted(injector.injected.items()))
    alone = ", ".join(f"{name} {count}" for name, count in sorted(injector.ended_alone.items())) or "nothing"
    print(
        f"injected: {injected}\nended by itself: {alone}\n"
        f"{sum(story.hit.values())} escalations of {len(story.hit)} incidents, {story.phoned} phoned\n"
        f"{report['notices']['unknown']} people unknown, none of them mailed again",
        file=sys.stderr,
    )


def _keep_logs(folder: Path | None, stack: Stack) -> None:
    for log in sorted(stack.servers.folder.logs.iterdir()):
        if folder is None:
            print(f"{log.stem}: {log_tail(log)}", file=sys.stderr)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / log.name).write_bytes(log.read_bytes())
