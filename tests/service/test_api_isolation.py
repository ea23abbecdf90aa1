"""Another organisation's things are not there: 404, whichever route is tried."""

from typing import Any

import pytest

from tests import factories
from tests.factories import Office
from tests.service.caller import Caller, a_told_client, refused

SURE = {"moments_confirmed": True}
RISK = {"risk": "risk", "reason": "Kopie"}
TEXT = {"subject": "x", "nature": "x", "contact": "x", "consequences": "x", "measures": "x"}
ROUTES = [
    ("GET", "incidents/{incident}", None), ("GET", "incidents/{incident}/board", None),
    ("GET", "incidents/{incident}/escalations", None), ("GET", "escalations/{escalation}", None),
    ("POST", "escalations/{escalation}/conversations",
     {"outcome": "spoken", "called_at": "2026-01-01T10:00", "contact_name": "x"} | SURE),
    ("POST", "escalations/{escalation}/conversations/1/take-back", {"reason": "x"}),
    ("PUT", "escalations/{escalation}/caller", None), ("DELETE", "escalations/{escalation}/caller", None),
    ("GET", "escalations/{escalation}/contacts", None),
    ("PUT", "escalations/{escalation}/contacts/1", {"name": "x", "phone": "010 12345", "seen": 0}),
    ("POST", "incidents/{incident}/end", {"reason": "x"}), ("GET", "notices/{notice}/people", None),
    ("POST", "notices/{notice}/trial", {}),
    ("GET", "breaches/{breach}", None), ("GET", "breaches/{breach}/history", None),
    ("POST", "breaches/{breach}/receipt", None), ("POST", "breaches/{breach}/assessment", RISK),
    ("POST", "breaches/{breach}/draft", {"decision": "notify", "reason": "x"}),
    ("POST", "breaches/{breach}/approval", {"agrees": True}),
    ("POST", "breaches/{breach}/submission", {"submitted_at": "2026-01-01T10:00", "authority_number": "1"} | SURE),
    ("GET", "breaches/{breach}/advice", None), ("PUT", "breaches/{breach}/facts", {"facts": {"data": ["bsn"]}}),
    ("POST", "breaches/{breach}/facts/seen", None), ("GET", "breaches/{breach}/form", None),
    ("PUT", "breaches/{breach}/form", {"answers": {"summary": "x"}}),
    ("POST", "breaches/{breach}/moved-term", {"until": "2099-01-01T10:00", "reason": "x", "source": "x"} | SURE),
    ("POST", "breaches/{breach}/notice", None), ("GET", "notices/{notice}", None),
    ("GET", "notices/{notice}/preview", None), ("PUT", "notices/{notice}/text", TEXT),
    ("PUT", "notices/{notice}/recipients", {"recipients": [{"email": "a@example.nl"}]}),
    ("POST", "notices/{notice}/approval", {"agrees": True}), ("POST", "notices/{notice}/release", None),
]  # fmt: skip


@pytest.fixture(scope="module")
def theirs(officer: Caller, office: Office) -> dict[str, Any]:
    """What the office has."""
    incident = factories.an_incident(office)
    breach = factories.an_own_breach(office.id, office.officer)
    [escalation, *_] = officer.get(f"incidents/{incident.id}/escalations").json["items"]
    notice = officer.post(f"breaches/{breach}/notice").json
    return {"incident": incident.id, "breach": breach, "escalation": escalation["id"], "notice": notice["id"]}


@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=[f"{m} {p}" for m, p, _ in ROUTES])
def test_by_another_organisation(
    stranger: Caller, officer: Caller, theirs: dict[str, Any], method: str, path: str, body: Any
) -> None:
    answer = stranger.call(method, path.format(**theirs), json=body)
    assert answer.status_code == 404, answer.text
    own_slug = f"/api/o/{officer.slug}/{path.format(**theirs)}"
    refused(stranger.call(method, own_slug, json=body), 404, "organisation.unknown")
    assert officer.app.test_client().open(own_slug, method=method, json=body).status_code == 401


@pytest.mark.parametrize("path", ["incidents", "breaches", "notices", "agreements"])
def test_lists_of_another_are_empty(stranger: Caller, theirs: dict[str, Any], path: str) -> None:
    assert stranger.get(path).json == {"items": [], "next": None}


def test_a_controller_does_not_see_the_offices_side(officer: Caller, app: Any, office: Office) -> None:
    _, member = a_told_client(app, office)
    [row, *_] = member.get("breaches").json["items"]
    newest = officer.get("incidents?limit=1").json["items"][0]
    [escalation] = officer.get(f"incidents/{newest['id']}/escalations").json["items"]
    refused(member.get(f"escalations/{escalation['id']}"), 404, "escalation.unknown")
    refused(officer.get(f"breaches/{row['id']}"), 404, "breach.unknown")
    assert member.get("agreements").json["items"] == []
