"""Invitations that wait for an answer: seen, sent again and withdrawn by an owner, and by nobody else."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tenants.database import db
from tenants.errors import Invalid
from tenants.identity.invitations import LASTS, accept, invitation_of
from tenants.identity.users import APPROVER, AUDITOR, OWNER
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.pages.conftest import Reader
from tests.service.caller import Caller, caller_for, refused
from tests.service.invited import PASSWORD, known_link
from workflows.mail.outbox import Outbox
from workflows.running import jobs

ENTRIES = "select what from history where organisation_id = :id and what like 'invitation.%' order by seq"


@dataclass(frozen=True)
class InvitingOwner:
    """An organisation, its owner in a program and in a browser, and the links that it mailed."""

    app: Flask
    owner: Caller
    page: Reader

    def invited(self, email: str, role: str = AUDITOR) -> str:
        """The id of a new invitation."""
        answer = self.owner.post("invitations", {"email": email, "role": role})
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def pending(self) -> list[str]:
        """The addresses that wait."""
        return [row["email"] for row in self.owner.get("invitations").json["items"]]


@pytest.fixture
def house(app: Flask) -> InvitingOwner:
    """Wim owns it."""
    return a_house(app)


def a_house(app: Flask) -> InvitingOwner:
    owner = a_member(an_organisation(), OWNER, "Wim")
    assert owner.id
    caller = caller_for(app, owner.id)
    browser = app.test_client()
    browser.set_cookie("meldketen_session", caller.token)
    return InvitingOwner(app, caller, Reader(browser))


def history(database: Database, house: InvitingOwner) -> list[str]:
    [row] = database.outside("select id from organisation where slug = :slug", slug=house.owner.slug)
    return [entry["what"] for entry in database.outside(ENTRIES, id=row["id"])]


def test_an_owner_sees_who_was_invited_by_whom_and_until_when(house: InvitingOwner) -> None:
    house.invited("cor@example.nl", APPROVER)
    [row] = house.owner.get("invitations").json["items"]
    assert (row["email"], row["role"], row["invited_by"]) == ("cor@example.nl", APPROVER, "Wim")
    page = house.page.see(f"/o/{house.owner.slug}/people")
    [shown] = re.findall(r'id="invited".*?</section>', page, re.S)
    assert all(words in shown for words in ("cor@example.nl", "goedkeurder", "Wim", "Opnieuw sturen", "Intrekken"))
    assert f"Die link werkt {LASTS.days} dagen" in page


def test_who_is_no_owner_sees_none_and_ends_none(house: InvitingOwner, app: Flask, database: Database) -> None:
    waits = house.invited("cor@example.nl")
    [row] = database.outside("select id from organisation where slug = :slug", slug=house.owner.slug)
    approver = a_member(row["id"], APPROVER)
    assert approver.id
    caller = caller_for(app, approver.id)
    for method, path in (("GET", ""), ("POST", f"/{waits}/again"), ("DELETE", f"/{waits}")):
        refused(caller.call(method, f"invitations{path}"), 403, "role.not_enough")
    page = app.test_client()
    page.set_cookie("meldketen_session", caller.token)
    assert "cor@example.nl" not in Reader(page).see(f"/o/{caller.slug}/people")


def test_another_organisations_invitation_is_not_there(house: InvitingOwner, app: Flask) -> None:
    waits, other = house.invited("cor@example.nl"), a_house(app)
    assert other.pending() == []
    refused(other.owner.post(f"invitations/{waits}/again"), 404, "invitation.not_here")
    refused(other.owner.call("DELETE", f"invitations/{waits}"), 404, "invitation.not_here")
    own = f"/o/{other.owner.slug}/people"
    for act in ("again", "withdrawal"):
        assert other.page.send(f"{own}/invitations/{waits}/{act}", {}, own).status_code == 404
    assert house.pending() == ["cor@example.nl"]


@pytest.mark.parametrize("how", ["api", "page"])
def test_a_withdrawn_link_says_that_it_is_withdrawn(house: InvitingOwner, database: Database, how: str) -> None:
    waits = house.invited("cor@example.nl")
    token = known_link(database, waits)
    base = f"/o/{house.owner.slug}/people"
    if how == "api":
        assert house.owner.call("DELETE", f"invitations/{waits}").status_code == 204
    else:
        assert "is ingetrokken" in house.page.done(f"{base}/invitations/{waits}/withdrawal", {}, base)
    assert house.pending() == [] and history(database, house) == ["invitation.sent", "invitation.withdrawn"]
    opens_nothing(house.app.test_client(), token, database)
    if how == "api":
        refused(house.owner.call("DELETE", f"invitations/{waits}"), 422, "invitation.not_pending")
    else:
        late = house.page.send(f"{base}/invitations/{waits}/withdrawal", {}, base)
        assert late.status_code == 422 and "al aangenomen, ingetrokken of verlopen" in late.get_data(as_text=True)


def opens_nothing(anybody: FlaskClient, token: str, database: Database) -> None:
    """Neither the page nor the API lets anybody in, and both say why."""
    page = anybody.get(f"/invitation/{token}")
    assert page.status_code == 404 and "Deze uitnodiging is ingetrokken" in page.get_data(as_text=True)
    refused(anybody.get(f"/api/invitations/{token}"), 404, "invitation.withdrawn")
    values = {"name": "Cor", "password": PASSWORD}
    refused(anybody.post(f"/api/invitations/{token}", json=values), 404, "invitation.withdrawn")
    assert database.outside("select id from app_user where email in ('cor@example.nl', 'bo@example.nl')") == []


def test_a_form_of_an_invitation_withdrawn_meanwhile_is_refused(house: InvitingOwner, database: Database) -> None:
    waits = house.invited("dirk@example.nl")
    with acting_for_nobody():
        opened = invitation_of(known_link(database, waits))
        db.session.expunge(opened)
    assert house.owner.call("DELETE", f"invitations/{waits}").status_code == 204
    with acting_for(opened.organisation_id), pytest.raises(Invalid, match=r"invitation\.withdrawn"):
        accept(opened, "Dirk", PASSWORD)


def test_sent_again_the_new_link_works_and_the_old_one_does_not(house: InvitingOwner, database: Database) -> None:
    waits = house.invited("bo@example.nl", APPROVER)
    old = known_link(database, waits)
    answer = house.owner.post(f"invitations/{waits}/again")
    assert (answer.status_code, answer.json["email"], answer.json["role"]) == (201, "bo@example.nl", APPROVER)
    assert answer.json["id"] != waits and house.pending() == ["bo@example.nl"]
    assert history(database, house) == ["invitation.sent", "invitation.sent_again"]
    opens_nothing(house.app.test_client(), old, database)
    token, anybody = known_link(database, answer.json["id"]), house.app.test_client()
    values = {"name": "Bo", "password": PASSWORD}
    assert anybody.post(f"/api/invitations/{token}", json=values).status_code == 201
    assert house.pending() == []
    refused(house.owner.post(f"invitations/{answer.json['id']}/again"), 422, "invitation.not_pending")


def test_what_lapsed_or_was_accepted_is_not_pending(house: InvitingOwner, database: Database) -> None:
    waits = house.invited("laat@example.nl")
    database.outside("update invitation set expires_at = now() where id = :id", id=waits)
    assert house.pending() == []
    refused(house.owner.call("DELETE", f"invitations/{waits}"), 422, "invitation.not_pending")


def test_a_withdrawn_invitation_that_still_waits_is_not_mailed(
    house: InvitingOwner, database: Database, outbox: Outbox
) -> None:
    """Nor is the old link of one that was sent again; what else waits goes out."""
    [place] = database.outside("select id from organisation where slug = :slug", slug=house.owner.slug)
    gone, again = house.invited("weg@example.nl"), house.invited("opnieuw@example.nl")
    house.invited("blijft@example.nl")
    assert house.owner.call("DELETE", f"invitations/{gone}").status_code == 204
    assert house.owner.post(f"invitations/{again}/again").status_code == 201
    jobs.drain(str(place["id"]))
    assert sorted(person.address for mail in outbox.mails for person in mail.people) == [
        "blijft@example.nl", "opnieuw@example.nl",
    ]  # fmt: skip


UNKNOWN = """
    with gone as (
      update mail_batch b set state = 'unknown' from organisation o
       where o.id = b.organisation_id and o.slug = :slug and b.state = 'planned' returning b.id)
    update recipient r set state = 'unknown' from gone where gone.id = r.batch_id"""
WORDS = {"onderweg naar": "goes", "gaat later vanzelf weg": "later", "gaat pas weg als": "operator"}


def test_who_invites_one_address_again_and_again_reads_what_goes_and_what_waits(
    house: InvitingOwner, database: Database
) -> None:
    """Six go while nobody hears what arrives, three wait for each of two days, and the rest waits for the operator."""
    waits = house.invited("cor@example.nl")
    people = f"/o/{house.owner.slug}/people"
    said = []
    for _ in range(12):
        database.outside(UNKNOWN, slug=house.owner.slug)
        page = house.page.done(f"{people}/invitations/{waits}/again", {}, seen=people)
        said += [meaning for words, meaning in WORDS.items() if words in page]
        waits = house.owner.get("invitations").json["items"][0]["id"]
    assert said == [*["goes"] * 5, *["later"] * 6, "operator"]
