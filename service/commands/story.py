"""``meldketen story``: the whole chain once, over the public API of real processes, and everything must add up.

The last line on stdout is one JSON object. Where a figure comes from and what it means:

story, controllers  what was asked for.
escalations         of the one incident, told by the API: ``delivered`` informed by mail, ``phoned`` informed by phone
                    because no mail could reach them, ``waiting`` not informed; these make ``controllers``. Of them all:
                    ``in_time`` informed within the contract's hours, ``acknowledged`` confirmed, ``decided``;
                    ``by_next_contact`` (told by the sandbox) reached after a first contact could not be reached.
breaches, clocks    all there are, in every register, counted by the superuser of the story's own database, for most
                    registers have nobody yet who could ask: one breach per controller; one for the first sign of the
                    incident (days before, one client, by telephone: the one that is late); one of the office itself.
                    Clocks: for the authority, the office's contract hours, receipts, telling people.
decisions           as they came back to the office, the late one about the first sign included.
notices             of the one notice, told by the API: ``planned`` on the list in all, ``accepted`` taken by SendGrid
                    in all, and how it ended: delivered, bounced, dropped, rejected, unknown; these make ``planned``.
sandbox             its outside log: ``messages`` of every kind, ``addresses_twice`` who got the same mail twice (0).
fan_out             one incident over 5,000 agreements against a bare INSERT ... SELECT of the same rows (how:
                    service/story/fan_out.py); ``ratio`` is the rounds' median, ``spread`` the least and the most.
                    Measured, not judged: a busy machine says nothing about whether everything adds up.
seconds             per phase. failed: the checks that failed, by name. ok: none did.
"""

import json
import sys
from argparse import ArgumentParser, Namespace
from contextlib import ExitStack
from typing import Any

from service.config import Config
from service.embedded.databases import DATABASE
from service.embedded.processes import left_over
from service.embedded.stack import Stack, running_stack
from service.embedded.waiting import log_tail
from service.story.client import TrialFailed
from service.story.demo_office import CONTROLLERS, load_demo
from service.story.fan_out import measure
from service.story.figures import Checks, checks, checks_of_registers, figures
from service.story.office import at_work
from service.story.people import demo_of
from service.story.play import LEAST_CONTROLLERS, Played, Story
from service.story.registers import count_registers
from service.story.scenarios import UnknownScenario, scenario, scenarios
from service.story.screen import Screen

PEOPLE = 1500
FIRST_STORY = "lost-backup"
ORDER = ("story", "controllers", "escalations", "breaches", "clocks", "decisions", "notices", "sandbox", "fan_out")


def add_arguments(parser: ArgumentParser) -> None:
    """Add which story to play, and how large it is."""
    parser.add_argument("scenario", metavar="STORY", help=", ".join(scenarios()))
    parser.add_argument("--controllers", type=int, default=CONTROLLERS, help="how many clients it hits (default: 300)")
    parser.add_argument("--people", type=int, default=PEOPLE, help="how many people get a notice (default: 1500)")
    parser.add_argument("--seed", type=int, default=1, help="the same number, the same story (default: 1)")
    parser.add_argument("--json", action="store_true", help="nothing on stdout but the JSON")


def run(arguments: Namespace) -> int:
    """Play the story in a temporary folder with servers of its own. Return 0 only when everything adds up."""
    problem = _wrong_with(arguments)
    if problem:
        print(f"meldketen: {problem}", file=sys.stderr)
        return 2
    try:
        result = _played(arguments)
    except TrialFailed as failure:
        print(f"meldketen: the story stopped: {failure}", file=sys.stderr)
        result = {"story": arguments.scenario, "failed": [str(failure)], "ok": False}
    if not arguments.json:
        print(_summary(result))
    print(json.dumps(result, ensure_ascii=False), flush=True)
    return 0 if result["ok"] else 1


def play_before_ones_eyes(config: Config) -> None:
    """Play the first story on the installation that has just started. A failure is printed, and stops nothing."""
    story = Story(scenario(FIRST_STORY), CONTROLLERS, PEOPLE, 1, config)
    try:
        if at_work(demo_of(config), story.seed).has_incidents():
            return
        print(f"Playing the story '{FIRST_STORY}': {CONTROLLERS} controllers, {PEOPLE} people.", flush=True)
        with Screen() as screen:
            played = story.play(screen)
        sums = figures(story, played)
        _tell_failed([name for name, passed in checks(story, played, sums).items() if not passed])
        print(_summary(sums), flush=True)
    except TrialFailed as failure:
        print(f"The story stopped: {failure}", flush=True)


def _wrong_with(arguments: Namespace) -> str | None:
    try:
        scenario(arguments.scenario)
    except UnknownScenario as unknown:
        return str(unknown)
    if arguments.controllers < LEAST_CONTROLLERS:
        return f"a story needs at least {LEAST_CONTROLLERS} controllers: so many go all the way."
    return "a story tells at least 1 person." if arguments.people < 1 else None


def _played(arguments: Namespace) -> dict[str, Any]:
    with Screen() as screen, ExitStack() as stopping:
        with screen.phase("start", "PostgreSQL, Valkey, web, worker, clock and sandbox start"):
            stack = stopping.enter_context(running_stack())
        folder = stack.servers.folder.path
        result, passed = _in_stack(arguments, stack, screen)
        with screen.phase("stop", "Everything stops"):
            stopping.close()
        passed["everything was stopped and cleared away"] = not folder.exists() and not left_over(folder)
    failed = [name for name, is_so in passed.items() if not is_so]
    _tell_failed(failed)
    return {name: result[name] for name in ORDER} | {"seconds": screen.seconds, "failed": failed, "ok": not failed}


def _in_stack(arguments: Namespace, stack: Stack, screen: Screen) -> tuple[dict[str, Any], Checks]:
    story = Story(
        scenario(arguments.scenario), arguments.controllers, arguments.people, arguments.seed, stack.config
    )
    with screen.phase("load", f"The demo office with {story.controllers} clients"):
        load_demo(stack.config, story.controllers)
    played = _play(story, stack, screen)
    registers = count_registers(stack.servers.postgres.url(DATABASE))
    sums = figures(story, played) | {"breaches": registers.breaches, "clocks": registers.clocks}
    passed = checks(story, played, sums) | checks_of_registers(story, registers)
    with screen.phase("fan_out", "One incident over 5,000 agreements, measured"):
        sums["fan_out"] = measure(stack.servers, stack.config, story.scenario)
    return sums, passed


def _play(story: Story, stack: Stack, screen: Screen) -> Played:
    try:
        return story.play(screen)
    except TrialFailed:
        for child in stack.children.by_name.values():
            print(f"{child.name}: {log_tail(child.log)}", file=sys.stderr)  # The folder will be removed soon.
        raise


def _tell_failed(failed: list[str]) -> None:
    for name in failed:
        print(f"FAILED: {name}", file=sys.stderr)


def _summary(sums: dict[str, Any]) -> str:
    parts = ("escalations", "decisions", "notices", "sandbox", "fan_out", "seconds")
    lines = [f"{name:<12} {sums[name]}" for name in ("story", "controllers", "breaches", "clocks") if name in sums]
    for part in parts:
        figures_of = ", ".join(f"{name} {value}" for name, value in sums.get(part, {}).items())
        lines += [f"{part:<12} {figures_of}"] if figures_of else []
    return "\n".join(lines)
