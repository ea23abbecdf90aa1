"""A breach's row, its organisation and its draft as the facts of the form, without a database."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tenants.organisations.organisations import Organisation
from tenants.register.breaches import Breach
from tenants.register.notices import Notice
from workflows.law.ap_form import fill
from workflows.law.ap_form.facts import CHOICES as CHOSEN
from workflows.law.ap_form.facts import COUNTS, DAYS, MOMENTS, TEXTS, UNUSED, YES_OR_NO
from workflows.notification.ap_dossier import facts_of

AWARE = datetime(2026, 11, 13, 16, 40, tzinfo=UTC)
BAKERY = Organisation(
    name="Bakkerij", kvk_number="12345678", fg_name="F. Gee", fg_email="fg@example.org", fg_number="FG001"
)


def lost_backup(**more: Any) -> Breach:
    return Breach(
        title="Back-up kwijt", origin="escalated", processor_name="De Wit", description="Een back-up is kwijt.",
        consequences="Kans op fraude.", found_at=AWARE, became_aware_at=AWARE, people_min=24, people_max=24,
        facts={"nature": ["confidentiality"], "data": ["name"], "groups": ["employees"]}, **more,
    )  # fmt: skip


def test_every_column_of_a_breach_is_known() -> None:
    known = {*TEXTS, *MOMENTS, *DAYS, *CHOSEN, *YES_OR_NO, *COUNTS, *UNUSED, "facts", "draft"}
    assert {column.key for column in Breach.__table__.columns} <= known


def test_a_breach_fills_its_form() -> None:
    reporter = {"name": "A. de Wit", "function": None, "email": "a@example.org", "phone": None}
    form = fill(facts_of(lost_backup(), BAKERY, reporter=reporter, now=AWARE))
    expected = {
        "organisation_name": "Bakkerij", "coc_number": "12345678", "fg_number": "FG001", "count_exact": 24,
        "summary": "Een back-up is kwijt.", "reporter_name": "A. de Wit", "discovered_at": AWARE,
    }  # fmt: skip
    assert {name: form.question(name).value for name in expected} == expected
    assert form.question("contact_person").value["name"] == "F. Gee"


def test_an_empty_row_is_an_empty_form_but_for_its_organisation() -> None:
    form = fill(facts_of(Breach(), Organisation()))
    assert form.sums["filled"] == 0


def test_the_answers_of_a_draft_go_before_the_register_s() -> None:
    contact = {"name": "B. Bakker", "email": "b@example.org"}
    drafted = {"answers": {"summary": "Een tas is kwijt.", "contact_person": contact, "measures": None}}
    form = fill(facts_of(lost_backup(draft=drafted, measures="Sloten vervangen."), BAKERY))
    assert form.question("summary").value == "Een tas is kwijt."
    assert form.question("contact_person").value == contact
    assert form.question("measures").value == "Sloten vervangen."
    assert form.question("consequences_people").answer.texts["other"].nl == "Kans op fraude."


def test_what_was_drafted_goes_before_what_the_register_says() -> None:
    kept = lost_backup(draft={"answers": {"summary": "Kwijt."}})
    assert fill(facts_of(kept, BAKERY)).question("summary").value == "Kwijt."
    kept.draft = {"answers": {"summary": "Weg."}}
    assert fill(facts_of(kept, BAKERY)).question("summary").value == "Weg."
    kept.draft = {}
    assert fill(facts_of(kept, BAKERY)).question("summary").value == "Een back-up is kwijt."


def test_the_severity_is_what_a_person_saw_on_the_ap_s_own_scale() -> None:
    form = fill(facts_of(lost_backup(authority_severity="limited"), BAKERY))
    assert form.question("severity").value == "limited"
    other_scales = {"enisa": {"least": 24, "most": 24}, "edpb_severity": "severe", "risk": "high"}
    assert fill(facts_of(lost_backup(**other_scales), BAKERY)).question("severity").value is None


def test_answers_of_a_draft_are_answers() -> None:
    facts = facts_of(lost_backup(draft={"answers": {"nature_of_incident": "post_lost"}}), BAKERY)
    assert fill(facts).question("nature_of_incident").value == "post_lost"


@pytest.mark.parametrize(("sent_at", "informed", "told"), [(None, "planned", None), (AWARE, "yes", 296)])
def test_a_notice_tells_whether_people_know(sent_at: datetime | None, informed: str, told: int | None) -> None:
    notice = Notice(nature="Wat er is gebeurd.", contact="Bel ons.", sent_at=sent_at)
    form = fill(facts_of(lost_backup(), BAKERY, notice=notice, people_told=296))
    assert form.question("people_informed").value == informed
    assert form.question("informed_count").value == told
    assert form.question("informed_content").value == "Wat er is gebeurd.\n\nBel ons."
