"""A forgotten password at a real web server: the mail is planned once the whole answer was sent."""

import re
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask

from tenants.identity.users import AUDITOR
from tests.conftest import Database, until
from tests.factories import a_member, an_organisation
from tests.service.served import asked, served

HEAD = "{} /password-reset HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{}\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nCookie: {}\r\n"
ADDRESS = "select email from app_user where id = :id"
RESETS = "select token_hash from password_reset where user_id = :id"


def test_a_reset_that_a_real_server_answered_is_mailed(app: Flask, database: Database, tmp_path: Path) -> None:
    who = a_member(an_organisation(), AUDITOR).id
    [[email]] = [row.values() for row in database.outside(ADDRESS, id=who)]
    with served(database.config, tmp_path) as port:
        page = asked(port, HEAD.format("GET", "").encode()).decode()
        token, cookie = re.search(r'name="csrf_token" value="([^"]+)"', page), re.search(r"Set-Cookie: ([^;]+)", page)
        assert token and cookie
        body = urlencode({"csrf_token": token[1], "email": email})
        request = HEAD.format("POST", FORM.format(len(body), cookie[1])) + body
        assert asked(port, request.encode()).startswith(b"HTTP/1.1 200")
        until(lambda: database.outside(RESETS, id=who))
