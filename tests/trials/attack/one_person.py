"""One person with three mailboxes: an owner invites two addresses that lead to their own mailbox, and decides alone.

In an organisation that began today it goes through and each step carries a mark; in an older one a new seat waits a
day. A step without a mark is counted as forged: it looks as if three people did it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pyotp

from service.story.client import TrialFailed
from tenants.identity.sessions import hash_of_token
from tenants.identity.users import APPROVER, HANDLER
from tests.trials.attack.facts import ASSESSED, DRAFTED, STOLEN
from tests.trials.attack.judging import Judge
from tests.trials.attack.requests import Answer, Client, Request, json_body
from tests.trials.attack.seeding import Firm
from tests.trials.attack.visitors import Visitor

PASSWORD = "een lange zin als wachtwoord"
NOT_HIGH = ASSESSED | {"risk": "risk", "reason": "Het is ernstig", "departure_reason": "Er is weinig gelekt"}
"""Only the authority is told, so that the decision needs no worker."""
WAITS = "seat.not_yet"
MAILED = "update invitation set token_hash = %s where organisation_id = %s and email = %s and used_at is null"
OWN_MAILBOX = "update app_user set email = %s where id = %s"
CLAIMED = "select claimed_at from organisation where id = %s"


@dataclass
class OnePerson:
    """An owner who also plays the part of their own colleagues."""

    client: Client
    judge: Judge
    outside: "psycopg.Connection[Any]"
    firm: Firm
    owner: Visitor

    def decide_alone(self) -> None:
        """Decide in an organisation that began today and in an older one, then set its age back."""
        [[claimed]] = self.outside.execute(CLAIMED, (self.firm.id,)).fetchall()
        [[address]] = self.outside.execute("select email from app_user where id = %s", (self.owner.user,)).fetchall()
        now = datetime.now(UTC)
        for word, began in (("today", now), ("before", now - timedelta(days=2))):
            self.outside.execute(OWN_MAILBOX, (f"mal.{word}@evil.example", self.owner.user))
            self.outside.execute("update organisation set claimed_at = %s where id = %s", (began, self.firm.id))
            self._decide(word)
        self.outside.execute(OWN_MAILBOX, (address, self.owner.user))
        self.outside.execute("update organisation set claimed_at = %s where id = %s", (claimed, self.firm.id))

    def _decide(self, word: str) -> None:
        approver, sender = (self._joined(word, *who) for who in (("a", APPROVER), ("h", HANDLER)))
        breach = f"breaches/{self._breach(word)}"
        self._must(self.owner.token, f"{breach}/assessment", NOT_HIGH)
        self._must(self.owner.token, f"{breach}/draft", DRAFTED | {"reason": "Er is een risico"})
        if self._marked(approver, breach, "approve", "approval", {"agrees": True}):
            sent = {"submitted_at": datetime.now(UTC).isoformat(), "authority_number": f"AP-{word}"}
            self._marked(sender, breach, "submit", "submission", sent)

    def _joined(self, word: str, plus: str, role: str) -> str:
        """Invite an address, accept with the mailed link, set up an app, and return the token of that session."""
        address, link = f"mal.{word}+{plus}@evil.example", f"link-of-{word}-{plus}"
        self._must(self.owner.token, "invitations", {"email": address, "role": role})
        self.outside.execute(MAILED, (hash_of_token(link), self.firm.id, address))
        name = f"Collega {plus} van {word}"
        token: str = self._must("", f"/api/invitations/{link}", {"name": name, "password": PASSWORD})["token"]
        secret = self._must(token, "/api/me/totp", None)["secret"]
        self._must(token, "/api/me/totp/confirmation", {"code": pyotp.TOTP(secret).now()})
        return token

    def _breach(self, word: str) -> str:
        then = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        details = {name: f"Van een persoon, {word}" for name in ("title", "description", "cause", "measures")}
        breach_id: str = self._must(
            self.owner.token, "breaches", details | {"found_at": then, "became_aware_at": then, "facts": STOLEN}
        )["id"]
        return breach_id

    def _marked(self, token: str, breach: str, step: str, route: str, values: dict[str, Any]) -> bool:
        """Return whether the step went through. A step that neither bears a mark nor had to wait is counted."""
        etag = self._ask("GET", token, breach).header("ETag")
        answer = self._ask("POST", token, f"{breach}/{route}", values, ("If-Match", etag))
        if answer.status >= 400:
            if answer.json["key"] != WAITS:
                raise TrialFailed(f"one person, three mailboxes: {step} was refused: {answer.text[-300:]}")
            return False
        done = [row for row in answer.json["run"]["steps"] if row["name"] == step]
        if not any("mailbox" in mark["why"] for row in done for mark in row["alike"]):
            self.judge.count("forged", f"one person looks like three at {step}", breach)
        return True

    def _must(self, token: str, place: str, body: dict[str, Any] | None) -> Any:
        answer = self._ask("POST", token, place, body)
        if answer.status >= 400:
            raise TrialFailed(f"one person, three mailboxes: {place}: {answer.text[-300:]}")
        return answer.json

    def _ask(
        self, method: str, token: str, place: str, body: dict[str, Any] | None = None, *more: tuple[str, str]
    ) -> Answer:
        target = place if place.startswith("/") else f"/api/o/{self.firm.slug}/{place}"
        headers = (("Content-Type", "application/json"), *((("Authorization", f"Bearer {token}"),) if token else ()))
        content = json_body(body) if body else None
        return self.client.send(Request(method, target, (*headers, *more), content, "one person"))
