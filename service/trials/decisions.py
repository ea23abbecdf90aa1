"""The decisions of a story: assess, draft, approve by a colleague, submit. Most notify; some do not; one is late."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from service.trials.client import Api, Refused
from service.trials.controllers import Controller
from service.trials.screen import wait_until

WORKER_WITHIN = 60.0
LATE_REASON = "Wij dachten dat het om één dossier ging en hebben op het onderzoek van het kantoor gewacht."
RISKS = {
    "unlikely": "Wij hebben het nagegaan: van onze mensen stonden er alleen gegevens bij die al openbaar waren.",
    "risk": "Mensen kunnen er last van krijgen, maar wij verwachten geen grote schade.",
    "high": "Met deze gegevens kan iemand fraude plegen. Dat kan mensen hard raken.",
}
Row = dict[str, Any]


@dataclass
class Outcome:
    """What came of the decisions, and which refusals were met where they belong."""

    decided: int = 0
    refused: dict[str, bool] = field(default_factory=dict)
    told_by: tuple[Controller, str] | None = None


def decide_all(
    controllers: list[Controller], titles: tuple[str, str], high: int, late: int, not_notifying: set[int],
    show: Callable[[int], None],
) -> Outcome:  # fmt: skip
    """Every controller decides about the incident; the late one also about the first sign of it."""
    outcome = Outcome()
    title, first_title = titles
    for controller in controllers:
        risk = _risk_for(controller.number, high, not_notifying)
        breach = decide(controller, title, risk, outcome)
        if risk == "high":
            outcome.told_by = (controller, breach["id"])
        if controller.number == late:
            decide(controller, first_title, "risk", outcome)
        outcome.decided += 1
        show(outcome.decided)
    _try_another_organisation(controllers, title, outcome)
    return outcome


def decide(controller: Controller, title: str, risk: str, outcome: Outcome) -> Row:
    """One breach, all the way."""
    breach = controller.breach_about(title)
    path = f"/breaches/{breach['id']}"
    officer = controller.officer
    officer.post(f"{path}/receipt")
    officer.post(f"{path}/assessment", {"risk": risk, "reason": RISKS[risk]})
    officer.post(f"{path}/draft", _draft(breach, risk))
    if "own_draft" not in outcome.refused:
        outcome.refused["own_draft"] = _is_refused(officer, f"{path}/approval", {"agrees": True}, "step.four_eyes")
    controller.colleague.post(f"{path}/approval", {"agrees": True})
    if risk != "unlikely":
        wait_until(lambda: _step(officer, path) == "submit", f"{path} ready to be submitted", WORKER_WITHIN)
        _submit(officer, path, breach, outcome)
    return breach


def _submit(officer: Api, path: str, breach: Row, outcome: Outcome) -> None:
    now = datetime.now(UTC)
    sent = {"submitted_at": now.isoformat(), "authority_number": f"AP-{breach['reference']}-{breach['id'][-6:]}"}
    if now >= datetime.fromisoformat(breach["due_at"]):
        key = "submission.late_reason_required"
        outcome.refused["late_without_reason"] = _is_refused(officer, f"{path}/submission", sent, key)
        sent["late_reason"] = LATE_REASON
    officer.post(f"{path}/submission", sent)


def _risk_for(number: int, high: int, not_notifying: set[int]) -> str:
    if number == high:
        return "high"
    return "unlikely" if number in not_notifying else "risk"


def _draft(breach: Row, risk: str) -> Row:
    if risk == "unlikely":
        return {"decision": "do_not_notify", "reason": RISKS[risk]}
    answers = {
        "summary": breach["description"], "consequences": breach["consequences"], "measures": breach["measures"],
        "contact_name": "De privacyfunctionaris", "contact_email": "privacy@klant.example",
    }  # fmt: skip
    return {"decision": "notify", "reason": RISKS[risk], "answers": answers}


def _step(officer: Api, path: str) -> str | None:
    found: str | None = officer.get(path)["run"]["step"]
    return found


def _try_another_organisation(controllers: list[Controller], title: str, outcome: Outcome) -> None:
    mine, other = controllers[0], controllers[1]
    path = f"/breaches/{other.breach_about(title)['id']}"
    try:
        mine.officer.get(path)
    except Refused as refusal:
        outcome.refused["other_organisation"] = refusal.status == 404
    else:
        outcome.refused["other_organisation"] = False


def _is_refused(api: Api, path: str, body: Row, key: str) -> bool:
    try:
        api.post(path, body)
    except Refused as refusal:
        return key in refusal.keys and refusal.status in (403, 422)
    return False
