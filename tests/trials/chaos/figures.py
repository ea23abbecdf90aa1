"""Compares, after the faults, what was done with what both sides stored; every sum must match."""

from collections import Counter
from typing import Any

from tests.trials.chaos.events import Outside
from tests.trials.chaos.plan import FLUSH, RESTARTS
from tests.trials.chaos.rows import Rows
from tests.trials.chaos.story import StoryUnderFaults
from workflows.mail.states import NAMES, ON_THE_WAY, UNCONFIRMED

OPEN = (*ON_THE_WAY, UNCONFIRMED)
ENDED = tuple(state for state in NAMES if state not in (*OPEN, "rejected"))
"""The states in which a mail ends that SendGrid took."""
LATE_MOST_S = 60.0
Figures = dict[str, Any]


def figures(story: StoryUnderFaults, injected: Counter[str], outside: Outside, rows: Rows) -> Figures:
    """Return every figure of the trial's last line except `seconds` and `ok`."""
    counts, applied = rows.counts(), rows.applied()
    restarts = sum(injected[name] for name in RESTARTS)
    return {
        "kills": injected.total() - injected[FLUSH] - restarts, "flushes": injected[FLUSH], "db_restarts": restarts,
        "steps": {name: counts[name] for name in ("lost", "doubled", "stuck")},
        "escalations": _escalations(story, outside, rows, counts),
        "notices": _notices(story, outside, rows),
        "clocks": {"missed": counts["clocks_missed"], "late_s_max": rows.latest()},
        "webhook": _webhook(outside, applied),
        "history": {"verified": counts["history_broken"] == 0},
    }  # fmt: skip


def failed(report: Figures, story: StoryUnderFaults, outside: Outside, rows: Rows) -> list[str]:
    """Return the names of the checks that failed: something is lost, doubled, missed or stuck, or a sum does not match.
    """
    notices, webhook = report["notices"], report["webhook"]
    checks = {
        "no step is lost, doubled or stuck": not any(report["steps"].values()),
        "no escalation is missed or doubled": not any(report["escalations"].values()),
        "everybody on the list is planned": notices["planned"] == story.people,
        "the notice's sums match": notices["planned"] == sum(notices[n] for n in (*ENDED, "rejected", "unknown")),
        "nobody on the list is missed or told twice": not notices["missed"] and not notices["twice"],
        "no recipient was mailed twice": outside.twice("m") == 0,
        "what events prove is believed": rows.counts()["unproven"] == 0,
        "no decision is that of one person": rows.counts()["same_person"] == 0,
        "no clock is missed": not report["clocks"]["missed"] and report["clocks"]["late_s_max"] <= LATE_MOST_S,
        "every event that was not lost is applied": webhook["sent"] == webhook["applied"] and not outside.pending,
        "no history is altered": report["history"]["verified"],
    }
    return [name for name, is_so in checks.items() if not is_so]


def _escalations(story: StoryUnderFaults, outside: Outside, rows: Rows, counts: dict[str, int]) -> dict[str, int]:
    wanted = sum(story.hit.values())
    escalations = [row for name in story.hit for row in story.office.escalations(name)]
    missed = abs(wanted - len(escalations)) + sum(row["informed_at"] is None for row in escalations) + counts["unaware"]
    doubled = abs(counts["escalations"] - wanted) + abs(counts["incidents"] - len(story.hit)) + counts["opened_twice"]
    return {"missed": missed, "doubled": doubled + outside.about(rows.written_about()).twice("n")}


def _notices(story: StoryUnderFaults, outside: Outside, rows: Rows) -> dict[str, int]:
    """Count the notice's readers. `unknown`: the answer or the last event was lost, so nobody can tell if mail arrived.
    """
    assert story.teller is not None
    sums = story.teller.preparer.get(f"/notices/{story.notice_id}")["sums"]
    ours, mailed = rows.states(story.notice_id), outside.about([story.notice_id])
    ends = mailed.ends()
    lost = {recipient for recipient, _, _ in outside.lost}
    missed = [reader for reader, state in ours.items() if not is_accounted_for(state, ends.get(reader), reader in lost)]
    return {
        "planned": sum(sums.values()),
        **{name: sums[name] for name in (*ENDED, "rejected")},
        "unknown": sum(sums[name] for name in OPEN if name != "planned"),
        "missed": len(missed) + sums["planned"] + max(0, story.people - len(ours)),
        "twice": mailed.twice("n") + sum(count > 1 for count in Counter(m["to"] for m in mailed.mails).values()),
    }


def is_accounted_for(state: str, end: str | None, lost_events: bool) -> bool:
    """Whether our state of a recipient agrees with the sandbox's. `end` is None when it never had this mail."""
    if state in ENDED:
        return end == state
    if state in ("unknown", "rejected"):
        return end is None or lost_events
    return end is not None and lost_events


def _webhook(outside: Outside, applied: frozenset[tuple[str, str, str]]) -> dict[str, int]:
    """Count the events. One posted just before the sandbox was killed may be missing in its log and yet be applied."""
    lost = outside.lost - applied
    return {"sent": len(outside.made - lost), "applied": len(applied), "lost": len(lost)}
