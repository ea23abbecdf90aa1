"""The notice of a story: one person of a controller writes it, another approves it, a third sends it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.demo import names
from service.story.client import Api, Refused
from service.story.controllers import Controller
from service.story.screen import wait_until
from workflows.mail.states import NAMES, ON_THE_WAY, UNCONFIRMED, UNKNOWN

OPEN = tuple(state for state in ON_THE_WAY if state != UNKNOWN)
ENDS = (*(state for state in NAMES if state not in (*ON_THE_WAY, UNCONFIRMED)), UNKNOWN)
SETTLED_WITHIN = 300.0
SUBJECT = "Uw gegevens zijn betrokken bij een datalek"
CONTACT = "Onze privacyfunctionaris helpt u op werkdagen: privacy@klant.example, 0800 2024."


@dataclass(frozen=True)
class Told:
    """How the notice ended, as the API tells it."""

    notice_id: str
    check_code: str
    sums: dict[str, int]
    genuine: bool
    incomplete_refused: bool


def tell_people(controller: Controller, breach_id: str, people: int, show: Callable[[int], None]) -> Told:
    """Write the list and the text, approve and send them, as three people. Wait until each reader has an outcome."""
    preparer = controller.preparer
    breach = preparer.get(f"/breaches/{breach_id}")
    notice_id, text = breach["notice_id"], text_about(breach)
    path = f"/notices/{notice_id}"
    preparer.put(f"{path}/recipients", people_csv(people), "text/csv")
    incomplete_refused = _is_refused(preparer, f"{path}/text", text | {"measures": ""})
    preparer.put(f"{path}/text", text)
    controller.approver.decide(path, "approval", {"agrees": True})
    controller.sender.decide(path, "release")

    def settled() -> bool:
        notice = preparer.get(path)
        show(sum(notice["sums"][state] for state in ENDS))
        return bool(notice["run"]["state"] == "done" and not any(notice["sums"][state] for state in OPEN))

    wait_until(settled, "everybody on the notice's list accounted for", SETTLED_WITHIN)
    notice = preparer.get(path)
    return Told(notice_id, notice["check_code"], notice["sums"], _genuine(preparer, notice), incomplete_refused)


def text_about(breach: dict[str, Any]) -> dict[str, str]:
    """Return the subject and the four parts, from the facts that the office gave."""
    return {
        "subject": SUBJECT,
        "nature": f"Bij ons accountantskantoor was een datalek. Het kantoor meldt: {breach['description']}",
        "contact": CONTACT,
        "consequences": breach["consequences"],
        "measures": f"{breach['measures']} Let ook zelf op vreemde brieven en rekeningen.",
    }


def people_csv(people: int) -> str:
    """Return a list as an office would export it. Some addresses are out of reach on purpose."""
    rows = [f"{names.person(number)};{_address(number)}" for number in range(people)]
    return "\n".join(["naam;e-mail", *rows]) + "\n"


def sums_of(sums: dict[str, int]) -> dict[str, int]:
    """Return `planned` (on the list), `accepted` (taken by SendGrid), and how it ended for each reader."""
    planned = sum(sums.values())
    accepted = planned - sums["planned"] - sums["rejected"] - sums[UNKNOWN]
    ends = {name: sums[name] for name in ENDS} | {"unknown": sums[UNKNOWN] + sums[UNCONFIRMED]}
    return {"planned": planned, "accepted": accepted} | ends


def _address(number: int) -> str:
    words = {(40, 0): "defer", (25, 1): "bounce", (60, 2): "drop", (75, 3): "blocked"}
    word = next((f"+{word}" for (every, at), word in words.items() if number % every == at), "")
    return f"mens{number:06d}{word}@mensen-{number % 7}.example"


def _genuine(reader: Api, notice: dict[str, Any]) -> bool:
    """Return whether the code in the message can be checked without a login."""
    answer = Api(reader.base_url).get(f"/genuine/{notice['check_code']}")
    return bool(answer["subject"] == notice["subject"])


def _is_refused(writer: Api, path: str, body: dict[str, str]) -> bool:
    try:
        writer.put(path, body)
    except Refused as refusal:
        return refusal.status == 422 and "notice.part_missing" in refusal.keys
    return False
