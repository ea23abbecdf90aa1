"""A client's own page: what was agreed, whom to tell, what to do next; and the forms that change it, fault by fault."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tenants.agreements.clients import Client, client_of
from tenants.agreements.processing_agreements import agreements_by_client_number
from tenants.history.entries import Actor, of_subject
from tenants.identity.users import APPROVER
from tenants.isolation import acting_for
from tenants.organisations.admission import SUSPENDED
from tests.conftest import Database
from tests.factories import Office, a_member, an_incident, an_office
from tests.operating import admit
from tests.pages.conftest import Reader, slug_of
from workflows.law.periods import AMSTERDAM

Login = Callable[[Actor], Reader]
A_DAY = timedelta(days=1)
WAYS = ("name", "email", "phone")


def today() -> date:
    return datetime.now(UTC).astimezone(AMSTERDAM).date()


@pytest.fixture
def office(app: object) -> Office:
    return an_office(1)


def the_client(office: Office, number: str = "K0001") -> Client:
    with acting_for(office.id):
        return client_of(agreements_by_client_number([number])[number][0].id)


def page_of(office: Office) -> str:
    return f"/o/{slug_of(office.id)}/clients/{the_client(office).current.id}"


def contacts(*rows: tuple[str, str, str]) -> dict[str, str]:
    """Contacts as the form sends them: name, address, telephone number; their places as they come."""
    typed = {}
    for nth, row in enumerate(rows):
        typed |= {f"contacts.{nth}.{column}": value for column, value in zip(WAYS, row, strict=True)}
        typed[f"contacts.{nth}.place"] = str(nth + 1)
    return typed


def as_rows(office: Office) -> list[tuple[str, str, str]]:
    """The present contacts, as `contacts` takes them."""
    return [(c["name"], c.get("email", ""), c.get("phone", "")) for c in the_client(office).current.contacts]


def test_the_list_leads_to_the_page_and_the_page_says_what_to_do_next(reader: Login, office: Office) -> None:
    there = reader(office.officer)
    assert page_of(office) in there.see(f"/o/{slug_of(office.id)}/agreements")
    page = there.see(page_of(office))
    assert "Client 1" in page and "binnen 24 uur" in page and "heeft nog niet bevestigd dat u voor hem" in page
    assert "Vraag hem dan om op zijn pagina" in page and "na uw eerste bericht over een incident" in page
    incident = an_incident(office)
    page = there.see(page_of(office))
    assert "Informeer deze opdrachtgever" in page and incident.reference in page and "data-until" in page


def test_other_terms_are_typed_and_shown_over_time(reader: Login, office: Office) -> None:
    there, form = reader(office.officer), {"in_force_from": today().isoformat(), "hours_to_notify": "4",
                                           "services.audit": "controller"}  # fmt: skip
    page = there.done(f"{page_of(office)}/terms", form)
    assert "De afspraak is vastgelegd" in page and "binnen 4 uur" in page and "binnen 24 uur" in page


def test_a_renewal_begins_the_day_after_the_end(reader: Login, office: Office) -> None:
    there, last = reader(office.officer), today() + 20 * A_DAY
    page = there.done(f"{page_of(office)}/end", {"last_day": last.isoformat(), "reason": "Stopt"})
    assert "loopt binnenkort af" in page and "Afspraak verlengen" in page
    form = there.see(f"{page_of(office)}/terms")
    assert f'value="{last + A_DAY:%d-%m-%Y}"' in form and 'value="24"' in form


@pytest.mark.parametrize(("path", "form", "field"), [
    ("terms", {"in_force_from": "", "services.audit": "controller"}, "in_force_from"),
    ("terms", {"in_force_from": "2026-01-01"}, "services"),
    ("terms", {"in_force_from": "2026-01-01", "services.audit": "baas"}, "services-audit-value"),
    ("terms", {"in_force_from": "2026-01-01", "hours_to_notify": "721", "services.audit": "controller"},
     "hours_to_notify"),
    ("terms", {"in_force_from": "2026-01-01", "in_force_to": "2025-01-01", "services.audit": "controller"},
     "in_force_to"),
    ("terms", {"in_force_from": "2019-01-01", "services.audit": "controller"}, "in_force_from"),
    ("terms", {"in_force_from": "9999-12-31", "services.audit": "controller"}, "in_force_from"),
    ("terms", {"in_force_from": "2026-01-01", "in_force_to": "2100-01-01", "services.audit": "controller"},
     "in_force_to"),
    ("terms", {"in_force_from": "1899-12-31", "services.audit": "controller"}, "in_force_from"),
    ("end", {"last_day": "9999-12-31"}, "last_day"),
    ("end", {"last_day": ""}, "last_day"),
    ("end", {"last_day": "2019-12-31"}, "last_day"),
    ("name", {"name": "", "client_number": "K1"}, "name"),
    ("name", {"name": "x", "client_number": "9" * 41}, "client_number"),
    ("contacts", {}, "contacts"),
    ("contacts", contacts(("Anna", "", "")), "contacts-0-email"),
    ("contacts", contacts(("Anna", "a@b.example", ""), ("Bo", "A@B.example", "")), "contacts-1-email"),
    ("contacts", contacts(("Anna", "", "010 1234567"), ("anna", "", "0101234567")), "contacts-1-name"),
])  # fmt: skip
def test_a_fault_stands_at_its_field_and_nothing_is_saved(
    reader: Login, office: Office, path: str, form: dict[str, Any], field: str
) -> None:
    before = the_client(office)
    answer = reader(office.officer).send(f"{page_of(office)}/{path}", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and f'href="#f-{field}"' in page and f'id="f-{field}"' in page
    for value in form.values():
        assert not value or value == "baas" or value == "controller" or f'value="{value}"' in page
    assert the_client(office) == before


def test_contacts_are_added_changed_removed_and_ordered(reader: Login, office: Office) -> None:
    [anna, bo] = as_rows(office)
    typed = contacts((anna[0], anna[1], "010 7654321"), ("", "", ""), ("Cor", "cor@zaak.example", ""))
    typed |= {"contacts.0.place": "2", "contacts.2.place": "1"}
    page = reader(office.officer).done(f"{page_of(office)}/contacts", typed)
    assert "De contacten zijn opgeslagen" in page and bo[1] not in page.partition("</ol>")[0]
    assert as_rows(office) == [("Cor", "cor@zaak.example", ""), (anna[0], anna[1], "010 7654321")]
    current = the_client(office).current
    with acting_for(office.id):
        entry = of_subject(current.id)[-1]
    assert entry.what == "agreement.contacts_changed"
    assert [c["name"] for c in entry.details["contacts_before"]] == ["Anna", "Bo"]
    with acting_for(current.controller_id):
        there = of_subject(current.id)[-1]
    assert there.what == "agreement.contacts_changed" and "zaak.example" not in str(there.details)


def test_a_contact_of_an_open_message_is_corrected_at_that_message(reader: Login, office: Office) -> None:
    incident, there = an_incident(office), reader(office.officer)
    [anna, bo] = as_rows(office)
    form = there.see(f"{page_of(office)}/contacts")
    assert f"/incidents/{incident.id}/escalations/" in form and "/contacts/1" in form
    for rows in ([("Anna", "ander@zaak.example", ""), bo], [bo]):
        answer = there.send(f"{page_of(office)}/contacts", contacts(*rows))
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and f"loopt een bericht over {incident.reference}" in page
    there.done(f"{page_of(office)}/contacts", contacts(bo, anna, ("Cor", "cor@zaak.example", "")))
    assert as_rows(office) == [bo, anna, ("Cor", "cor@zaak.example", "")]


def test_a_form_shown_earlier_overwrites_nothing(reader: Login, office: Office) -> None:
    there, at = reader(office.officer), page_of(office)
    old = the_client(office).version
    there.done(f"{at}/name", {"name": "Bakker Eerst", "client_number": "K0001"})
    answer = there.send(f"{at}/name", {"name": "Bakker Later", "client_number": "K0001", "version": str(old)})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412 and 'id="changed-meanwhile"' in page and 'value="Bakker Later"' in page
    assert "Naam of nummer van de opdrachtgever gewijzigd" in page
    assert the_client(office).current.controller_name == "Bakker Eerst"


def test_who_may_not_change_reads_and_a_suspended_office_changes_nothing(reader: Login, office: Office) -> None:
    at, approver = page_of(office), a_member(office.id, APPROVER)
    page = reader(approver).see(at)
    assert "binnen 24 uur" in page and f"{at}/end" not in page
    reader(approver).see(f"{at}/end", 403)
    there = reader(office.officer)
    admit(office.id, SUSPENDED)
    assert f"{at}/end" not in there.see(at)
    for path in ("terms", "end", "contacts", "name"):
        there.see(f"{at}/{path}", 403)


def test_a_client_of_another_office_is_not_there(reader: Login, office: Office) -> None:
    other = an_office(1)
    there, slug = reader(office.officer), slug_of(office.id)
    for path in ("", "/terms", "/end", "/contacts", "/name"):
        there.see(f"/o/{slug}/clients/{the_client(other).current.id}{path}", 404)


def test_both_histories_tell_what_was_agreed_before_and_after(reader: Login, office: Office) -> None:
    there, at = reader(office.officer), page_of(office)
    there.done(f"{at}/terms", {"in_force_from": today().isoformat(), "services.audit": "controller"})
    there.done(f"{at}/name", {"name": "<b>Bakker</b>", "client_number": "K-9"})
    client = the_client(office, "K-9")
    at = f"/o/{slug_of(office.id)}/clients/{client.current.id}"
    there.done(f"{at}/contacts", contacts(("<i>Bo</i>", "bo@zaak.example", "")))
    page = there.done(f"{at}/end", {"last_day": today().isoformat(), "reason": "<script>Weg"})
    told = page.partition('class="timeline"')[2]
    for words in ("Was: vanaf 1 januari 2020; binnen 24 uur", "Is: vanaf", "zo snel mogelijk", "Laatste dag: ",
                  "&lt;script&gt;Weg", "&lt;b&gt;Bakker&lt;/b&gt;", "&lt;i&gt;Bo&lt;/i&gt;"):  # fmt: skip
        assert words in told, words
    assert "<script>Weg" not in page and "<b>Bakker" not in page and "<i>Bo" not in page


def test_a_new_incident_begins_with_the_client_of_the_page(reader: Login, office: Office) -> None:
    there, at = reader(office.officer), f"/o/{slug_of(office.id)}/incidents/new?client="
    assert f'href="{at}K0001"' in there.see(page_of(office))
    assert 'value="K0001"' in there.see(f"{at}K0001") and 'value="K9999"' not in there.see(f"{at}K9999")


def test_the_page_of_contacts_says_truly_what_takes_a_code(
    reader: Login, office: Office, database: Database
) -> None:  # fmt: skip
    there, at = reader(office.officer), f"{page_of(office)}/contacts"
    truth = "Een contact achteraan toevoegen kan zonder code."
    assert truth not in there.see(at), "who gave one just now need not be told"
    database.outside("update login_session set proof_at = now() - interval '6 minutes' where user_id = :id",
                     id=office.officer.id)  # fmt: skip
    page = there.see(at)
    assert page.count(truth) == 1 and "Bevestig eerst wie u bent" not in page and 'href="/proof?next=' in page
