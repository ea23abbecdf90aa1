"""``meldketen attack``: everybody tries every route, with their own ids, with everybody else's, and with broken values.

It has servers of its own in a temporary folder, a real web server, organisations full of data, and visitors of every
kind. No worker runs at first, so each change comes from a request. At the end a worker and a clock read what was
stored. The last line on stdout is one JSON object with these counts:

requests        requests that were sent.
cross_reads     answers that held a word or an id of an organisation that the visitor may not read.
cross_writes    rows of an organisation that changed although none of its people acted (except what two parties share).
status_500      answers with status 500 or more.
csrf_accepted   forms that were accepted without their token or with another's, and API requests by a browser's cookie.
undocumented    a status, content type or route that the specification does not have, an answer that breaks its schema,
                input that was read as template or markup, a redirect to another site.

The exit code is 0 only when all counts but the first are zero. The same seed makes the same order. Each fault that is
counted is printed on stderr with its request.
"""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from functools import partial
from typing import Any

import psycopg
from flask import Flask

from service import create_app
from service.embedded.databases import DATABASE
from service.embedded.stack import Stack, running_stack
from service.story.client import TrialFailed
from service.words.one_line import refuse
from tenants.database import db
from tests.trials.attack.aftermath import Aftermath
from tests.trials.attack.forging import forge
from tests.trials.attack.fuzzing import NotInstalled, fuzz
from tests.trials.attack.judging import Judge
from tests.trials.attack.neighbours import Neighbours
from tests.trials.attack.one_person import OnePerson
from tests.trials.attack.proofs import tamper
from tests.trials.attack.requests import Client, Request
from tests.trials.attack.routes import NOT_IN_THE_SPECIFICATION, routes_of, strange_parameters
from tests.trials.attack.rows import Ledger, told_by_hand
from tests.trials.attack.seeding import OFFICE, SECOND, Firm, fill, note_ids, second_office
from tests.trials.attack.slow import hold
from tests.trials.attack.visitors import Gate, Visitor
from tests.trials.attack.walking import Walk
from workflows.engine.hints import NoHints, use_hints

SOME, EXAMPLES, OPERATIONS, TAMPERED = 3, (3, 40), 20, (6, 200)


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options: how long the attack lasts, and the seed of its order."""
    parser.add_argument("--seed", type=int, default=1, help="the same number, the same attack (default: 1)")
    parser.add_argument("--quick", action="store_true", help="each kind of try, but not by everybody: half a minute")
    parser.add_argument("--json", action="store_true", help="nothing on stdout but the JSON")


def run(arguments: Namespace) -> int:
    """Attack. Returns the exit code: 0 only when nothing was found."""
    begun = time.monotonic()
    try:
        with running_stack(workers=0, clocks=0) as stack:
            result = _attacked(arguments, stack)
    except NotInstalled as missing:
        return refuse("meldketen", missing)
    except TrialFailed as failure:
        print(f"meldketen: the attack stopped: {failure}", file=sys.stderr)
        return 1
    if not arguments.json:
        print("\n".join(f"{name:<14} {value}" for name, value in result.items()))
        print(f"{'seconds':<14} {time.monotonic() - begun:.0f}")
    print(json.dumps(result), flush=True)
    return 0 if result["ok"] else 1


def _attacked(arguments: Namespace, stack: Stack) -> dict[str, Any]:
    app = create_app(stack.config)
    use_hints(NoHints())
    url = stack.servers.postgres.url(DATABASE)
    with app.app_context(), psycopg.connect(url, autocommit=True) as outside:
        client, gate = Client(stack.base_url), Gate(app, outside)
        firms, canaries = fill(arguments.seed, stack.config)
        second = second_office(stack.config, canaries, firms["c"])
        visitors = {firm.letter: gate.of(firm) for firm in (*firms.values(), second.firm)}
        note_ids(outside, firms | {SECOND: second.firm}, canaries)
        canaries.add(second.of_two, "cd")
        walked = firms if arguments.quick else firms | {SECOND: second.firm}
        judge = Judge(canaries, partial(told_by_hand, outside))
        try:
            walk = _prepared(arguments, app, client, judge, walked, gate)
            OnePerson(client, judge, outside, firms["b"], visitors["b"][0]).decide_alone()
            _walk(arguments, walk, visitors, gate.nobodies(firms))
            neighbours = Neighbours(walk, second, outside)
            neighbours.try_all(visitors["c"][0], visitors[SECOND][0], visitors["b"][0])
            hold(client, judge, visitors[OFFICE][0], firms[OFFICE].slug)
            Aftermath(stack, outside, judge, firms).wait()
            for place in neighbours.words_elsewhere():
                judge.count("cross_writes", "a word of the second office", place, place)
        finally:
            db.session.remove()
            db.engine.dispose()
    return {"requests": client.sent, **judge.counts, "ok": not any(judge.counts.values())}


def _prepared(
    arguments: Namespace, app: Flask, client: Client, judge: Judge, firms: dict[str, Firm], gate: Gate
) -> Walk:  # fmt: skip
    spec = json.loads(client.send(Request("GET", "/api/openapi.json")).content)
    routes = routes_of(app, spec)
    if strange := strange_parameters(routes):
        raise TrialFailed(f"no values are known for {', '.join(sorted(strange))}: see tests/trials/attack/seeding.py")
    for route in routes:
        if route.rule.startswith("/api/") and route.doc is None and route.rule not in NOT_IN_THE_SPECIFICATION:
            judge.count("undocumented", "not in the specification", f"{route.method} {route.rule}", route.rule)
    return Walk(client, judge, routes, firms, gate, Ledger(gate.outside, firms), arguments.seed, arguments.quick)


def _walk(
    arguments: Namespace, walk: Walk, visitors: dict[str, list[Visitor]], nobodies: list[Visitor]
) -> None:  # fmt: skip
    walking = {letter: people for letter, people in visitors.items() if letter in walk.firms}
    for visitor in (*nobodies, *(person for people in walking.values() for person in people)):
        if visitor.in_browser:
            visitor.take_form(walk.client)
    some = SOME if arguments.quick else None
    for people in walking.values():
        walk.learn_forms(people[0])
    walk.tour(walking, nobodies)
    for people in walking.values():
        forge(walk, people[0], people[1], some)
        if arguments.quick:
            break
    examples = EXAMPLES[0] if arguments.quick else EXAMPLES[1]
    fuzz(walk, walk.routes[0].spec, visitors["a"][0], examples, arguments.seed, OPERATIONS if arguments.quick else None)
    tamper(walk, visitors["b"][0], TAMPERED[0] if arguments.quick else TAMPERED[1])
