"""Organisations whose people call the API: one of every role, and two owners who differ."""

from typing import Any

import pyotp
from flask import Flask

from tenants.history.entries import Actor
from tenants.identity.recovery import new_recovery_codes
from tenants.identity.totp import enrol_totp
from tenants.identity.users import APPROVER, AUDITOR, HANDLER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for_nobody
from tests import factories
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.service.caller import caller_for

RISK, AGREED = factories.an_assessment("risk"), {"agrees": True}
NOTIFY = {"decision": "notify", "reason": "Er is een risico"}
A_DAY_LATER = """
    update membership set ends_from = ends_from - interval '1 day', end_refused_at = end_refused_at - interval '1 day',
           end_asked_at = end_asked_at - interval '1 day'
     where organisation_id = :here"""
REQUEST_LATER = "update factor_request set asked_at = asked_at - interval '1 day' where user_id = :who"
SECRET = pyotp.random_base32()
READERS = {"recipients": [{"name": "Ans", "email": "ans@example.nl"}, {"email": "bob@example.nl"}]}


class EveryRole:
    """An organisation whose approver is away, and its breach."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.id, self.database = factories.an_organisation(), database
        self.people = {
            role: factories.a_member(self.id, role, name)
            for role, name in (
                (OWNER, "Linde"), (PRIVACY_OFFICER, "Fenna"), (APPROVER, "Bram"), (HANDLER, "Joris"), (AUDITOR, "Riet"),
            )
        }  # fmt: skip
        self.callers = {role: caller_for(app, who.id) for role, who in self.people.items() if who.id}
        self.path = f"breaches/{factories.an_own_breach(self.id, self.people[PRIVACY_OFFICER])}"

    def drafted(self, by: str = PRIVACY_OFFICER) -> None:
        """It waits for approval."""
        self.callers[by].post(f"{self.path}/assessment", RISK)
        assert self.callers[by].post(f"{self.path}/draft", NOTIFY).status_code == 200

    def appointment(self, of: str = APPROVER, by: str = HANDLER, **more: Any) -> dict[str, Any]:
        """What an owner sends: a week, from an hour ago."""
        whole = {
            "of_user": str(self.people[of].id), "deputy_id": str(self.people[by].id), "starts_at": self.moment(-1),
            "ends_at": self.moment(24 * 7), "reason": "Vakantie",
        }  # fmt: skip
        return whole | more

    def appoint(self, of: str = APPROVER, by: str = HANDLER, **more: Any) -> str:
        """Appointed; its id."""
        answer = self.callers[OWNER].post("deputies", self.appointment(of, by, **more))
        assert answer.status_code == 201, answer.text
        breach_id: str = answer.json["id"]
        return breach_id

    def moment(self, hours: float) -> str:
        """From the database's now."""
        sql = "select now() + make_interval(secs => :secs) as at"
        moment: str = self.database.outside(sql, secs=hours * 3600)[0]["at"].isoformat()
        return moment

    def name(self, role: str) -> Actor:
        return self.people[role]


class TwoOwners:
    """Two owners, Anna and Bo, and an approver; Bo wants Anna out."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.database, self.id = database, an_organisation()
        anna, bo = a_member(self.id, OWNER, "Anna").id, a_member(self.id, OWNER, "Bo").id
        a_member(self.id, APPROVER, "Cor")
        assert anna and bo
        self.anna_id, self.bo_id = anna, bo
        with acting_for_nobody():
            enrol_totp(anna, SECRET)
            new_recovery_codes(anna)
        self.anna, self.bo = caller_for(app, anna), caller_for(app, bo)
        self.seat = f"members/{anna}"

    def role(self) -> str | None:
        """Anna's, or None when she has none."""
        rows = self.database.outside("select role from membership where user_id = :who", who=self.anna_id)
        return rows[0]["role"] if rows else None

    def has_factor(self) -> bool:
        return bool(self.database.outside("select from user_totp where user_id = :who", who=self.anna_id))

    def a_day_later(self) -> None:
        self.database.outside(A_DAY_LATER, here=self.id)
        self.database.outside(REQUEST_LATER, who=self.anna_id)
