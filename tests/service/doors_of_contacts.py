"""The doors by which contacts of a client are changed, and an office at which each of them can be tried."""

from typing import Any

from flask import Flask

from service.admission.access import COOKIE
from tenants.agreements.clients import client_of
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import Office, a_client, a_member, an_incident, an_office
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import Caller, caller_for
from workflows.accounts.tokens import SCOPES

BEA = {"name": "Bea", "email": "bea@bakker.example", "phone": ""}
THIEF = {"name": "Dief", "email": "dief@evil.example", "phone": ""}
STALE = "update login_session set proof_at = now() - interval '14 minutes' where user_id = :u"
ADDRESSES = """
    select c ->> 'email' as address from processing_agreement a
     cross join lateral jsonb_array_elements(a.contacts) with ordinality as x(c, nth)
     where a.processor_id = :o order by a.in_force_from desc, a.id, nth"""
SAID_NO = "update contact_standing set says_no_at = now() where organisation_id = :o"
IN_DOUBT = """
    update processing_agreement set contacts = (
      select jsonb_agg(c || '{"led_elsewhere_at": "2026-01-01T00:00Z"}') from jsonb_array_elements(contacts) c)
     where processor_id = :o"""
CLIENT = "clients/{agreement}"
TALK = "incidents/{incident}/escalations/{message}/contacts/1"
DOORS = {
    "service.api.clients set_client_contacts": ("PUT", "agreements/{agreement}/contacts", "contacts"),
    "service.api.agreements register_agreements": ("POST", "agreements", "clients"),
    "service.api.agreements settle_contact": ("POST", "agreements/{agreement}/contacts", "placed"),
    "service.api.agreements put_successor": ("POST", "agreements/contacts/{standing}/successor", "contact"),
    "service.api.escalations put_contact": ("PUT", "escalations/{message}/contacts/1", "corrected"),
    "service.web.client_forms put_contacts": ("page", f"{CLIENT}/contacts", "typed"),
    "service.web.agreements register": ("page", "agreements/new", "typed_client"),
    "service.web.contacts confirm": ("page", "agreements/contacts/{agreement}?place=1", "contact"),
    "service.web.contacts set_successor": ("page", "agreements/contacts/said-no/{standing}", "contact"),
    "service.web.conversations correct": ("page", TALK, "contact"),
}
"""By the view: its method, its address within the office, and what is sent."""
BY_PAGE = [view for view, (method, _, _) in DOORS.items() if method == "page"]
BY_API = [view for view in DOORS if view not in BY_PAGE]


class House:
    """An office with one client, whose only contact is Bea, and what each door needs to be open."""

    def __init__(self, app: Flask, database: Database, view: str = "") -> None:
        self.app, self.database = app, database
        self.method, self.path, self.kind = DOORS.get(view, ("", "", ""))
        last_day = "2025-12-31" if "client" in self.kind else None
        self.client = a_client(1, contacts=[BEA], in_force_to=last_day)
        self.office: Office = an_office(1, **self.client)
        [row] = self.rows("select id from processing_agreement where processor_id = :o")
        self.ids = {"agreement": row["id"], "standing": self.rows("select id from contact_standing "
                                                                  "where organisation_id = :o")[0]["id"]}  # fmt: skip
        if "{message}" in self.path:
            self.ids["incident"] = an_incident(self.office).id
            self.ids["message"] = self.rows("select id from escalation where processor_id = :o")[0]["id"]
        if "{standing}" in self.path:
            self.rows(SAID_NO)
        self.is_in_doubt = self.kind == "placed" or "place=1" in self.path
        if self.is_in_doubt:
            self.rows(IN_DOUBT)

    def rows(self, statement: str) -> list[Any]:
        """What the database has, or changes, of this office."""
        return self.database.outside(statement, o=self.office.id)

    def addresses(self) -> list[str]:
        """To whom incidents are mailed: the newest agreement first."""
        return [row["address"] for row in self.rows(ADDRESSES)]

    def version(self) -> int:
        """The version of the client."""
        with acting_for(self.office.id):
            return client_of(self.ids["agreement"]).version

    def body(self, contact: dict[str, str] = THIEF) -> dict[str, Any]:
        """What is sent to this door."""
        known = {name: value for name, value in contact.items() if value}
        again = self.client | {"in_force_from": "2026-01-01", "in_force_to": None, "contacts": [known]}
        row = {f"contacts.0.{name}": value for name, value in contact.items()}
        plain = {"kvk_number": again["kvk_number"], "name": again["name"], "client_number": "K0001",
                 "financial_undertaking": "false", "in_force_from": "2026-01-01"}  # fmt: skip
        bodies: dict[str, dict[str, Any]] = {
            "contacts": {"contacts": [known]}, "placed": known | {"place": 1}, "contact": known,
            "corrected": known | {"seen": 9999},
            "clients": {"clients": [{name: again[name] for name in again if name != "slug"}],
                        "confirmed_doubles": True},
            "typed": row | {"contacts.0.place": "1"},
            "typed_client": plain | row | {"services.payroll_bare": "processor", "confirmed_doubles": "true"},
        }  # fmt: skip
        return bodies[self.kind]

    def ask(self, caller: Caller, contact: dict[str, str] = THIEF) -> Any:
        """The answer to who asks this door to let this contact in."""
        path = self.path.format(**self.ids)
        if self.method != "page":
            seen = {"If-Match": f'"{self.version()}"'} if self.kind == "contacts" else {}
            return caller.call(self.method, path, json=self.body(contact), headers=seen)
        browser = self.app.test_client()
        browser.set_cookie(COOKIE, caller.token)
        return Reader(browser).send(f"/o/{caller.slug}/{path}", self.body(contact))

    def officer(self, is_stale: bool = False) -> Caller:
        """The privacy officer, in a session."""
        assert self.office.officer.id
        caller = caller_for(self.app, self.office.officer.id)
        if is_stale:
            self.database.outside(STALE, u=self.office.officer.id)
        return caller

    def program(self) -> Caller:
        """Whoever holds a token with all scopes, in the minute in which its owner proved who they are."""
        owner = a_member(self.office.id, OWNER, "Linde").id
        assert owner
        answer = caller_for(self.app, owner).post("tokens", {"name": "x", "scopes": list(SCOPES), "days": 1})
        return Caller(self.app, answer.json["token"], slug_of(self.office.id))
