"""A story's figures, and the checks that they must pass. service/commands/story.py explains each figure."""

from collections import Counter
from typing import Any

from service.story import notice
from service.story.inbox import ARRIVED
from service.story.play import NOT_NOTIFYING, Played, Story
from service.story.registers import Registers

LEAST_DECIDED = 10
Checks = dict[str, bool]


def figures(story: Story, played: Played) -> dict[str, Any]:
    """Return the figures that the API and the sandbox report."""
    decided = Counter(row["decision"] for row in (*played.escalations, *played.first_sign))
    return {
        "story": story.scenario.id,
        "controllers": story.controllers,
        "escalations": _escalations(played) | {"by_next_contact": played.climbed},
        "decisions": {name: decided[name] for name in ("notified", "notified_late", "not_notified")},
        "notices": notice.sums_of(played.ending.sums),
        "sandbox": {name: played.sandbox[name] for name in ("messages", "addresses_twice")},
    }


def checks(story: Story, played: Played, sums: dict[str, Any]) -> Checks:
    """Return each check by its name; every one must be true."""
    return _of_escalations(story, played, sums) | _of_decisions(played, sums) | _of_mail(story, played, sums)


def checks_of_registers(story: Story, registers: Registers) -> Checks:
    """Return the checks of what the database says about all registers, including those that nobody has opened."""
    escalated = story.controllers + 1  # The first sign of the incident is counted too.
    return {
        "every controller has its own breach": registers.breaches - registers.own == escalated,
        "the office has its own breach too": registers.own == 1,
        "every breach has one clock for the authority": registers.with_clock == registers.breaches,
        "every controller is aware": registers.not_aware == 0,
        "no history was altered": registers.broken == 0,
    }


def _escalations(played: Played) -> dict[str, int]:
    rows = played.escalations
    how = Counter(row["informed_how"] for row in rows)
    return {
        "delivered": how["mail"],
        "phoned": how["phone"],
        "waiting": how[None],
        "in_time": played.board["informed_in_time"],
        "acknowledged": sum(row["acknowledged_at"] is not None for row in rows),
        "decided": sum(row["decision"] is not None for row in rows),
    }


def _of_escalations(story: Story, played: Played, totals: dict[str, Any]) -> Checks:
    sums, board = totals["escalations"], played.board
    parts = ("waiting", "soon", "late", "informed", "acknowledged", "decided")
    return {
        "one escalation per controller": len(played.escalations) == board["total"] == story.controllers,
        "the parts of the board make the total": sum(board[part] for part in parts) == board["total"],
        "every controller is informed": sums["delivered"] + sums["phoned"] == story.controllers,
        "every controller is informed in time": sums["in_time"] == story.controllers,
        "a next contact was tried where the first could not be reached": played.climbed > 0,
        "who could not be reached was phoned": sums["phoned"] == played.phoned,
        "some confirmed receipt": sums["acknowledged"] >= max(played.confirmed, played.outcome.decided, 1),
    }


def _of_decisions(played: Played, sums: dict[str, Any]) -> Checks:
    decisions, refused = sums["decisions"], played.outcome.refused
    return {
        "at least ten went all the way": played.outcome.decided == sums["escalations"]["decided"] >= LEAST_DECIDED,
        "every decision was counted once": sum(decisions.values()) == played.outcome.decided + 1,
        "most notified": decisions["notified"] > decisions["not_notified"],
        "one notified late": decisions["notified_late"] == 1,
        "some did not notify": decisions["not_notified"] == len(NOT_NOTIFYING),
        "departing from the advice without a reason was refused": refused.get("departing", False),
        "late without reasons was refused": refused.get("late_without_reason", False),
        "approving one's own draft was refused": refused.get("own_draft", False),
        "sending what one drafted or approved was refused": refused.get("same_person_sends", False),
        "sending without a second factor was refused": refused.get("without_proof", False),
        "another organisation's breach was not found": refused.get("other_organisation", False),
        "a notice without one of its parts was refused": played.ending.incomplete_refused,
    }


def _of_mail(story: Story, played: Played, totals: dict[str, Any]) -> Checks:
    sums, events = totals["notices"], played.sandbox["events"]
    ended = Counter("delivered" if mail["outcome"] in ARRIVED else mail["outcome"] for mail in played.mailed)
    return {
        "everybody was on the list": sums["planned"] == story.people,
        "everybody is accounted for": sums["planned"] == sum(sums[name] for name in notice.ENDS),
        "nothing is still on its way": sums["accepted"] == sums["delivered"] + sums["bounced"] + sums["dropped"],
        "the sandbox saw what we call accepted": len(played.mailed) == sums["accepted"],
        "nobody got the notice twice": len({mail["to"] for mail in played.mailed}) == len(played.mailed),
        "the sandbox delivered what we call delivered": ended["delivered"] == sums["delivered"],
        "the sandbox bounced what we call bounced": ended["bounce"] + ended["blocked"] == sums["bounced"],
        "the sandbox dropped what we call dropped": ended["dropped"] == sums["dropped"],
        "no address got the same mail twice": totals["sandbox"]["addresses_twice"] == 0,
        "every event arrived": events["pending"] == events["lost"] == 0,
        "the message can be checked by its code": played.ending.genuine,
    }
