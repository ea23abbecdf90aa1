"""No mailed link outlives the seat of whom it is for, or of who sent it; and none changes a seat that is there."""

from uuid import UUID, uuid4

import pytest
from flask import Flask

from tenants.database import db
from tenants.errors import NotFound
from tenants.identity.invitations import accept_as, invitation_of, new_invitation
from tenants.identity.users import AUDITOR, HANDLER, OWNER, User, user_at
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.service.caller import caller_for, refused
from tests.service.invited import PASSWORD, known_link

ENDED = "select count(*) as n from history where organisation_id = :o and what = 'invitation.withdrawn'"


class TwoOwnersAndLinks:
    """An organisation with two owners, of whom Cor invited somebody; and links to Cor's own address."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database, self.id = app, database, an_organisation()
        wim, cor = a_member(self.id, OWNER, "Wim"), a_member(self.id, OWNER, "Cor")
        assert wim.id and cor.id
        self.cor_id: UUID = cor.id
        self.wim, self.cor = caller_for(app, wim.id), caller_for(app, cor.id)
        with acting_for_nobody():
            self.address = db.session.get_one(User, cor.id).email

    def link(self, email: str, by: UUID | None = None, role: str = AUDITOR) -> str:
        """An invitation of before this person had a seat, or one that `by` made."""
        token, row = new_invitation(self.id, email, role)
        row.invited_by = by
        with acting_for(self.id):
            db.session.add(row)
        return token

    def accepts(self, token: str, expected: int, key: str) -> None:
        """Whoever holds the link cannot join."""
        values = {"name": "Nieuw", "password": PASSWORD}
        refused(self.app.test_client().post(f"/api/invitations/{token}", json=values), expected, key)

    def roles(self) -> dict[str, str]:
        """By name, every seat."""
        query = "select u.name, m.role from membership m join app_user u on u.id = m.user_id where organisation_id = :o"
        return {row["name"]: row["role"] for row in self.database.outside(query, o=self.id)}


@pytest.fixture
def house(app: Flask, database: Database) -> TwoOwnersAndLinks:
    return TwoOwnersAndLinks(app, database)


def ends(house: TwoOwnersAndLinks, how: str) -> None:
    """Cor is no owner here any more."""
    ways = {
        "taken_out": lambda: house.wim.call("DELETE", f"members/{house.cor_id}"),
        "leaves": lambda: house.cor.post("members/me/departure", {"organisation": house.cor.slug}),
        "demoted": lambda: house.wim.call("PUT", f"members/{house.cor_id}/role", json={"role": HANDLER}),
    }
    if how != "leaves":  # an owner has a day to object
        assert house.wim.post(f"members/{house.cor_id}/ending").status_code == 200
        house.database.outside("update membership set ends_from = now() where user_id = :who", who=house.cor_id)
    answer = ways[how]()
    assert answer.status_code == (200 if how == "demoted" else 204), answer.text


@pytest.mark.parametrize("how", ["taken_out", "leaves", "demoted"])
def test_invitations_to_and_by_somebody_end_with_the_seat(
    house: TwoOwnersAndLinks, database: Database, how: str
) -> None:
    own, of_wim = house.link(house.address), house.link("blijft@example.nl")
    answer = house.cor.post("invitations", {"email": "vriend@example.nl", "role": OWNER})
    assert answer.status_code == 201, answer.text
    friend = known_link(database, answer.json["id"])
    ends(house, how)
    for token in (own, friend):
        house.accepts(token, 404, "invitation.withdrawn")
    assert house.app.test_client().get(f"/api/invitations/{of_wim}").status_code == 200
    assert database.outside(ENDED, o=house.id) == [{"n": 2}]
    assert set(house.roles()) == ({"Wim", "Cor"} if how == "demoted" else {"Wim"})


@pytest.mark.parametrize("now", [None, HANDLER])
def test_a_link_of_a_former_owner_stops_working(house: TwoOwnersAndLinks, database: Database, now: str | None) -> None:
    token = house.link("vriend@example.nl", house.cor_id)
    here = {"o": house.id, "u": house.cor_id}
    if now:
        database.outside("update membership set role = 'handler' where organisation_id = :o and user_id = :u", **here)
    else:
        database.outside("delete from membership where organisation_id = :o and user_id = :u", **here)
    house.accepts(token, 422, "invitation.inviter_gone")
    assert database.outside("select 1 from app_user where email = 'vriend@example.nl'") == []


def test_who_has_a_seat_is_not_invited(house: TwoOwnersAndLinks) -> None:
    answer = house.wim.post("invitations", {"email": house.address.upper(), "role": AUDITOR})
    refused(answer, 422, "invitation.has_seat")
    assert house.wim.get("invitations").json["items"] == [] and house.roles()["Cor"] == OWNER


def test_a_link_from_before_the_seat_changes_no_role(house: TwoOwnersAndLinks, database: Database) -> None:
    """The last owner would lose the ownership by a click."""
    database.outside("delete from membership where organisation_id = :o and user_id <> :u", o=house.id, u=house.cor_id)
    token = house.link(house.address)
    with acting_for_nobody():
        invitation = invitation_of(token)
        db.session.expunge(invitation)
    with pytest.raises(Exception, match=r"invitation\.has_seat"), acting_for(house.id):
        known = user_at(house.address)
        assert known
        accept_as(invitation, known)
    assert house.roles() == {"Cor": OWNER}
    assert house.app.test_client().get(f"/api/invitations/{token}").json["used"] is False


@pytest.mark.parametrize("used", [True, False])
def test_an_office_s_link_to_somebody_who_left_shows_no_breach(house: TwoOwnersAndLinks, used: bool) -> None:
    token, row = new_invitation(house.id, house.address, OWNER, uuid4())
    with acting_for(house.id):
        row.used_at = database_now() if used else None
        db.session.add(row)
    ends(house, "leaves")
    with acting_for_nobody(), pytest.raises(NotFound):
        invitation_of(token)
