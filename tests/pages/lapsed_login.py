"""Somebody whose login lapses while they fill in a form."""

import pyotp
from werkzeug.test import TestResponse

from tenants.identity.users import OWNER
from tests.conftest import Database
from tests.factories import an_organisation
from tests.pages.accounts import log_in, somebody
from tests.pages.conftest import Reader, slug_of
from tests.pages.forms import LONG, Fields, csrf, local, send_fields

LAPSE = "update login_session set last_seen_at = now() - interval '61 minutes' where user_id = :id"
LOGIN = "/login?next=/"


class LapsedLogin:
    """An owner with an app, in the middle of a form, whose login lapses."""

    def __init__(self, browser: Reader, database: Database) -> None:
        self.browser, self.database = browser, database
        self.house, self.secret = an_organisation(), pyotp.random_base32()
        self.email, self.id = somebody(self.house, OWNER, self.secret)
        log_in(browser, self.email)
        assert self.code("/proof", []).status_code == 303
        self.form = f"/o/{slug_of(self.house)}/breaches/new"
        self.token, self.key = csrf(browser), Fields(browser.see(self.form)).at(self.form)["form_key"]

    def code(self, to: str, fields: list[tuple[str, str]]) -> TestResponse:
        self.database.outside("update user_totp set last_counter = 0 where user_id = :id", id=self.id)
        if not fields:
            return self.browser.send(to, {"code": pyotp.TOTP(self.secret).now()})
        return send_fields(self.browser, to, fields, code=pyotp.TOTP(self.secret).now())

    def lapse_and_send(self, **more: object) -> str:
        self.database.outside(LAPSE, id=self.id)
        typed = {"title": "Map kwijt", "description": LONG, "found_at": local(3), "became_aware_at": local(2),
                 "facts.data": ["name", "bsn"], "csrf_token": self.token, "form_key": self.key}  # fmt: skip
        answer = self.browser.client.post(self.form, data=typed | more)
        assert answer.status_code == 403, answer.status
        return answer.text
