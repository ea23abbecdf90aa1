"""``meldketen doctor`` repeats no part of a setting, whatever stands in it, and always ends with findings."""

import base64
import json
import os
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import fields

import pytest

from service.commands import doctor
from service.config import Config
from tests.settings import COMPLETE, PROVIDER

SECRET = "GEHEIMpw"
PLACES = (
    "{s}", "{s}://x", "x://{s}", "{scheme}//a:{s}@localhost/x", "{scheme}:/a:{s}@localhost",
    "{scheme}://{s}@localhost/x",
    "{scheme}://u:{s}@localhost:1/x", "{scheme}://:{s}@localhost/x", "{scheme}://localhost:{s}/x", "{scheme}://:{s}",
    "{scheme}://:port/{s}", "{scheme}://localhost/{s}", "{scheme}://localhost?{s}", "{scheme}://localhost?{s}=1",
    "{scheme}://localhost?db={s}", "{scheme}://localhost?sslmode={s}&sslmode={s}", "{scheme}://localhost#{s}",
    "{scheme}://[{s}]/x", "{scheme}://[::1/{s}", "{scheme}://local host/{s}", "{scheme}://localhost/\x7f{s}",
    "{scheme}://{s}..localhost", "u:{s}@localhost", "{s}\u2603", "{s} {s}", "-{s}", "{scheme}://u:{s}@[", "{{{s}}}",
)  # fmt: skip
"""Where a secret may stand in a setting that somebody typed wrongly. `scheme` is the one that the setting has."""
SCHEMES = {"database_url": "postgresql", "owner_database_url": "postgresql", "redis_url": "redis"}
SHOWN = {
    "base_url": {"{scheme}://localhost/{s}"},
    "mail_from": {"{scheme}://{s}@localhost/x", "u:{s}@localhost"} | {place for place in PLACES if "@" in place},
}  # fmt: skip
"""What is public by what it is for, and possible: the address of every link, and the sender of every mail."""
BASE = COMPLETE | PROVIDER | {
    "DATABASE_URL": "postgresql://app:x@127.0.0.1:1/m", "REDIS_URL": "redis://127.0.0.1:1",
    "BASE_URL": "http://127.0.0.1:1", "SENDGRID_HOST": "http://127.0.0.1:1",
}  # fmt: skip


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """The environment of this process, which is as before after the test."""
    before = dict(os.environ)
    yield os.environ  # type: ignore[misc]
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize("name", [field.name for field in fields(Config)])
def test_no_setting_is_repeated_wherever_a_secret_stands_in_it(
    environment: dict[str, str], capsys: pytest.CaptureFixture[str], name: str
) -> None:  # fmt: skip
    for place in PLACES:
        value = place.format(s=SECRET, scheme=SCHEMES.get(name, "http"))
        environment.update(BASE | {name.upper(): value})
        status = doctor.run(Namespace(json=True, lang="nl", data=None))
        printed = "".join(capsys.readouterr())
        assert json.loads(printed.splitlines()[-1])["checks"] and status == 1
        assert SECRET not in printed or place in SHOWN.get(name, ()), (place, printed)


def test_a_secret_of_every_kind_that_is_possible_is_not_repeated(
    environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    secrets = {
        "SECRET_KEY": f"{SECRET}-of-forty-signs-0123456789-abcdef", "SENDGRID_API_KEY": f"SG.{SECRET}",
        "METRICS_TOKEN": SECRET, "DATABASE_URL": f"postgresql://app:{SECRET}@127.0.0.1:1/m",
        "REDIS_URL": f"redis://:{SECRET}@127.0.0.1:1", "ORGANISATION_PROVIDER_CLIENT_SECRET": SECRET,
        "MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
    }  # fmt: skip
    environment.update(BASE | secrets)
    doctor.run(Namespace(json=True, lang="nl", data=None))
    printed = "".join(capsys.readouterr())
    assert SECRET not in printed and secrets["MASTER_KEY"] not in printed and "antwoordt niet" in printed
