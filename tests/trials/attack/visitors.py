"""Every kind of visitor: people in each role of each organisation, and those who may enter no organisation."""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask

from service.admission.access import COOKIE
from tenants.database import db
from tenants.identity.api_tokens import add_token
from tenants.identity.sessions import begin_session
from tenants.identity.users import APPROVER, AUDITOR, OWNER, ROLES, User
from tenants.isolation import acting_for, acting_for_nobody
from tests.trials.attack.judging import BLIND, WORD, Eyes
from tests.trials.attack.requests import FLASK_COOKIE, Client, Request
from tests.trials.attack.seeding import DEPUTY, Firm

FORGED = "meld_AAAAAA_" + "A" * 46
EXPIRE = "update login_session set expires_at = now() - interval '1 minute' where user_id = %s"
OWN_WORDS = """
    select name || ' ' || email || ' ' || id::text from app_user where id = %(user)s
    union all select name from organisation where id = %(firm)s
    union all select id::text from login_session where user_id = %(user)s"""
RESEAT = """
    insert into membership (organisation_id, user_id, role) values (%s, %s, %s)
        on conflict (organisation_id, user_id) do update
           set role = excluded.role, counts_from = null, given_by = null"""
REVOKE = "update login_session set revoked_at = now() where user_id = %s"


@dataclass
class Visitor:
    """Somebody with a browser's session or a token, and the organisations whose words they may read."""

    name: str
    letter: str = ""
    eyes: Eyes = BLIND
    user: UUID | None = None
    token: str = ""
    in_browser: bool = True
    lives: bool = False
    proven: bool = True
    csrf: str = ""
    flask: str = ""

    def headers(self, is_api: bool) -> tuple[tuple[str, str], ...]:
        """Return the headers by which they show who they are."""
        if is_api:
            return (("Authorization", f"Bearer {self.token}"),) if self.token else ()
        return (("Cookie", "; ".join(self._cookies())),) if self._cookies() else ()

    def _cookies(self) -> list[str]:
        own = [f"{COOKIE}={self.token}"] if self.token and self.in_browser else []
        return own + ([f"{FLASK_COOKIE}={self.flask}"] if self.flask else [])

    def take_form(self, client: Client) -> None:
        """Open a page with a form, so that its token is valid for this browser."""
        answer = client.send(Request("GET", "/login", self.headers(False), who=self.name))
        cookies = [value for name, value in answer.headers if name.lower() == "set-cookie"]
        ours = [line.partition("=")[2].partition(";")[0] for line in cookies if line.startswith(f"{FLASK_COOKIE}=")]
        self.flask = next(iter(ours), "")
        self.csrf = answer.csrf or ""


@dataclass(frozen=True)
class Gate:
    """Makes sessions and tokens without the login, which has limits and is attacked apart."""

    app: Flask
    outside: "psycopg.Connection[Any]"

    def renew(self, visitor: Visitor, firm: Firm | None) -> None:
        """Make a session or token that works, for a visitor who lost theirs."""
        assert visitor.user is not None
        with self.app.app_context():
            if visitor.in_browser:
                with acting_for_nobody():
                    visitor.token = begin_session(User(id=visitor.user), visitor.proven)
            elif firm is not None:
                with acting_for(firm.id):
                    visitor.token = add_token("attack", ["read"], 30, visitor.user)[0]

    def of(self, firm: Firm) -> list[Visitor]:
        """Return the visitors of one organisation: the six roles, a deputy, and a program whose token may only read."""
        visitors = []
        for role in (*ROLES, DEPUTY):
            visitors.append(self._session(f"{role} of {firm.letter}", firm, firm.people[role].id))
        owner = firm.people[OWNER].id
        key = Visitor(f"key of {firm.letter}", firm.letter, Eyes(frozenset(firm.letter)), owner, firm.key, False, True)
        return [*visitors, key]

    def nobodies(self, firms: dict[str, Firm]) -> list[Visitor]:
        """Return visitors without rights: no login, a forged one, an ended one, no organisation, or one factor of two.
        """
        guessed = secrets.token_urlsafe(32)
        ended = {"stranger": None, "expired": EXPIRE, "revoked": REVOKE}
        return [
            Visitor("nobody"), Visitor("forger", token=FORGED), Visitor("guesser", token=guessed),
            *(self._stranger(name, ends) for name, ends in ended.items()),
            *(self._half_in(firm) for firm in firms.values()),
        ]  # fmt: skip

    def _session(self, name: str, firm: Firm, user: UUID | None) -> Visitor:
        made = Visitor(name, firm.letter, Eyes(frozenset(firm.letter)), user, lives=True)
        self.renew(made, firm)
        return made

    def _half_in(self, firm: Firm) -> Visitor:
        """Return an approver who gave one factor of two: they see only their own account and the list of organisations.
        """
        of = firm.people[APPROVER]
        with acting_for_nobody():
            token = begin_session(User(id=of.id), proven=False)
        words = self.outside.execute(OWN_WORDS, {"user": of.id, "firm": firm.id}).fetchall()
        own = frozenset(word for row in words for word in WORD.findall(str(row[0]).lower()))
        return Visitor(f"one factor of {firm.letter}", "", Eyes(own=own), of.id, token, proven=False)

    def reseat(self, firm: Firm) -> None:
        """Give back the seats that a request of the visitors' own organisation changed or ended."""
        for role, actor in firm.people.items():
            self.outside.execute(RESEAT, (firm.id, actor.id, AUDITOR if role == DEPUTY else role))

    def _stranger(self, name: str, ends: str | None) -> Visitor:
        with acting_for_nobody():
            user = User(email=f"{name}@nergens.example", name=name, password_hash="!")
            db.session.add(user)
            db.session.flush()
            made = Visitor(name, user=user.id, token=begin_session(user, True))
        if ends:
            self.outside.execute(ends, (made.user,))
        return made
