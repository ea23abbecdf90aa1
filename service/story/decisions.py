"""The decisions of a story: one person assesses and drafts, another approves, a third submits. One is late.

Most controllers notify, and tell their people, because the advice says so. Some do not, and give the reason why they
depart from the advice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from service.story.client import Api, Refused
from service.story.controllers import Controller
from service.story.screen import wait_until

WORKER_WITHIN = 60.0
LATE_REASON = "Wij dachten dat het om één dossier ging en hebben op het onderzoek van het kantoor gewacht."
RISKS = {
    "unlikely": "Wij hebben het nagegaan: van onze mensen stonden er alleen gegevens bij die al openbaar waren.",
    "risk": "Mensen kunnen er last van krijgen, maar wij verwachten geen grote schade.",
    "high": "Met deze gegevens kan iemand fraude plegen. Dat kan mensen hard raken.",
}
DEPARTURES = {
    "unlikely": "Het advies kent alleen het hele incident. Van onze mensen stonden er alleen openbare gegevens bij.",
    "risk": "Wij denken dat het risico voor onze mensen niet hoog is: per persoon ging het om weinig gegevens.",
    "high": "Ook als het niet hoeft, willen wij dat onze mensen het van ons horen.",
}
ENDS = ("people_min", "people_max")
"""The number in the incident counts the people of all controllers together."""
DEPARTS, FOUR_EYES = "assessment.departs_from_advice", "step.four_eyes"
NO_PROOF = "second_factor.required"
Row = dict[str, Any]


@dataclass
class Outcome:
    """The result of the decisions, and the refusals that came where they should."""

    decided: int = 0
    refused: dict[str, bool] = field(default_factory=dict)
    told_by: tuple[Controller, str] | None = None


@dataclass(frozen=True)
class Plan:
    """The subject of the decisions: the incident and its first sign, with their facts, and who does what."""

    title: str
    first_title: str
    facts: dict[str, Any]
    high: int
    late: int
    not_notifying: frozenset[int]

    def risk_for(self, number: int, advice: Row) -> str:
        """Return the risk that this controller chooses. Most choose what the advice says."""
        if number == self.high:
            return "high"
        if number in self.not_notifying:
            return "unlikely"
        return "high" if advice["notify_people"] == "yes" else "risk"


def decide_all(controllers: list[Controller], plan: Plan, show: Callable[[int], None]) -> Outcome:
    """Let every controller decide about the incident, and the late one also about its first sign."""
    outcome = Outcome()
    for controller in controllers:
        breach = decide(controller, plan.title, plan, outcome)
        if controller.number == plan.high:
            outcome.told_by = (controller, breach["id"])
        if controller.number == plan.late:
            decide(controller, plan.first_title, plan, outcome)
        outcome.decided += 1
        show(outcome.decided)
    _try_another_organisation(controllers, plan.title, outcome)
    return outcome


def decide(controller: Controller, title: str, plan: Plan, outcome: Outcome) -> Row:
    """Take one breach through all its steps."""
    breach = controller.breach_about(title)
    path = f"/breaches/{breach['id']}"
    preparer = controller.preparer
    preparer.post(f"{path}/receipt")
    risk = _assess(preparer, path, breach, controller.number, plan, outcome)
    preparer.post(f"{path}/draft", _draft(breach, risk))
    if "own_draft" not in outcome.refused:
        outcome.refused["own_draft"] = _is_refused(preparer, path, "approval", {"agrees": True}, FOUR_EYES)
    controller.approver.decide(path, "approval", {"agrees": True})
    if risk != "unlikely":
        wait_until(lambda: _step(preparer, path) == "submit", f"{path} ready to be submitted", WORKER_WITHIN)
        _submit(controller, path, breach, outcome)
    return breach


def _assess(preparer: Api, path: str, breach: Row, number: int, plan: Plan, outcome: Outcome) -> str:
    people = {end: breach[end] for end in ENDS}
    known = {"facts": {name: fact for name, fact in plan.facts.items() if name not in ENDS}}
    undertaking = breach["financial_undertaking"]
    advice = preparer.post("/advice", {"facts": known["facts"] | people | {"financial_undertaking": undertaking}})
    risk = plan.risk_for(number, advice)
    payload = known | people | {"risk": risk, "reason": RISKS[risk]}
    if _departs(advice, risk, undertaking):
        refused = _is_refused(preparer, path, "assessment", payload, DEPARTS)
        outcome.refused["departing"] = refused and outcome.refused.get("departing", True)
        payload["departure_reason"] = DEPARTURES[risk]
    preparer.post(f"{path}/assessment", payload)
    return risk


def _departs(advice: Row, risk: str, undertaking: bool | None) -> bool:
    """Return whether the choice does what the advice is against, or leaves out what is or may be a duty."""
    decided = {"notify_authority": risk != "unlikely", "notify_people": risk == "high" and not undertaking}
    return any((advice[duty] == "no") == does for duty, does in decided.items())


def _submit(controller: Controller, path: str, breach: Row, outcome: Outcome) -> None:
    now = datetime.now(UTC)
    sent = {"submitted_at": now.isoformat(), "authority_number": f"AP-{breach['reference']}-{breach['id'][-6:]}"}
    if "same_person_sends" not in outcome.refused:
        _try_wrong_senders(controller, path, sent, outcome)
    if now >= datetime.fromisoformat(breach["due_at"]):
        key = "submission.late_reason_required"
        outcome.refused["late_without_reason"] = _is_refused(controller.sender, path, "submission", sent, key)
        sent["late_reason"] = LATE_REASON
    controller.sender.decide(path, "submission", sent)


def _try_wrong_senders(controller: Controller, path: str, sent: Row, outcome: Outcome) -> None:
    """Let three people try to submit who may not: who drafted, who approved, and one without a second factor."""
    by_preparer = _is_refused(controller.preparer, path, "submission", sent, FOUR_EYES)
    by_approver = _is_refused(controller.approver, path, "submission", sent, "role.not_enough")
    outcome.refused["same_person_sends"] = by_preparer and by_approver
    outcome.refused["without_proof"] = _is_refused(controller.sender.without_app(), path, "submission", sent, NO_PROOF)


def _draft(breach: Row, risk: str) -> Row:
    if risk == "unlikely":
        return {"decision": "do_not_notify", "reason": RISKS[risk]}
    contact = {"name": "De privacyfunctionaris", "email": "privacy@klant.example"}
    answers = {"summary": breach["description"], "measures_prevent": breach["measures"], "contact_person": contact}
    return {"decision": "notify", "reason": RISKS[risk], "answers": answers}


def _step(reader: Api, path: str) -> str | None:
    step: str | None = reader.get(path)["run"]["step"]
    return step


def _try_another_organisation(controllers: list[Controller], title: str, outcome: Outcome) -> None:
    mine, other = controllers[0], controllers[1]
    path = f"/breaches/{other.breach_about(title)['id']}"
    try:
        mine.preparer.get(path)
    except Refused as refusal:
        outcome.refused["other_organisation"] = refusal.status == 404
    else:
        outcome.refused["other_organisation"] = False


def _is_refused(api: Api, path: str, act: str, body: Row, key: str) -> bool:
    try:
        api.decide(path, act, body)
    except Refused as refusal:
        return key in refusal.keys and refusal.status in (403, 422)
    return False
