"""Somebody who works at two organisations, and an owner of each."""

from dataclasses import dataclass
from uuid import UUID

import pyotp
from flask import Flask

from tenants.identity.recovery import new_recovery_codes
from tenants.identity.sessions import begin_session
from tenants.identity.totp import enrol_totp
from tenants.identity.users import APPROVER, OWNER, User, make_member
from tenants.isolation import acting_for_nobody
from tests.factories import a_member, an_organisation
from tests.service.caller import Caller, caller_for


@dataclass(frozen=True)
class Two:
    """A person who works at two organisations, and an owner of each."""

    here: UUID
    there: UUID
    person: UUID
    owner: Caller
    owner_there: Caller
    path: str

    def removal(self, caller: Caller, method: str = "POST") -> tuple[int, bool | None]:
        """What comes of asking for, agreeing with or stopping the removal."""
        answer = caller.call(method, self.path, json={} if method == "POST" else None)
        return answer.status_code, answer.json["removed"] if answer.status_code == 200 else None


def works_at_two(app: Flask) -> Two:
    """Joris approves at both, with an app and codes on paper."""
    here, there = an_organisation("Hier"), an_organisation("Daar")
    who = a_member(here, APPROVER, "Joris Mulder").id
    first, other = a_member(here, OWNER, "Olga").id, a_member(there, OWNER, "Otto").id
    assert who and first and other
    with acting_for_nobody():
        make_member(who, there, APPROVER)
        enrol_totp(who, pyotp.random_base32())
        new_recovery_codes(who)
        begin_session(User(id=who), True)
    path = f"members/{who}/second-factor/removal"
    return Two(here, there, who, caller_for(app, first), caller_for(app, other), path)
