"""The service does not start as somebody who could look over the walls, nor without the key to what is stored."""

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import make_url

from service import create_app
from service.config import Config, ConfigError
from service.running.app_without_routes import MAY_BYPASS, app_without_routes
from tenants.database import db
from tenants.isolation import acting_for
from tenants.sealing import seal_of_acting_organisation, use_master_key
from tests.conftest import Database
from tests.factories import an_organisation
from workflows.engine.hints import NoHints, use_hints

ROLE = "somebody_who_may_more"
MORE = {
    "of the doors": "grant meldketen_door to {role}",
    "of the owner": "grant {owner} to {role}",
    "of one that bypasses": "create role bypasses bypassrls; grant bypasses to {role}",
    "of one that is a member of such": (
        "create role bypasses bypassrls; create role between; grant bypasses to between; grant between to {role}"
    ),
    "with the right to make roles": "alter role {role} createrole",
    "with the right to replicate": "alter role {role} replication",
}


@pytest.fixture
def somebody(own_database: Database) -> Iterator[Config]:
    """A role that may act as the app, and this one database."""
    own_database.outside(f"create role {ROLE} login password 'x'")
    own_database.outside(f"grant meldketen_app to {ROLE}")
    url = make_url(own_database.config.database_url).set(username=ROLE, password="x")
    yield replace(own_database.config, database_url=url.render_as_string(hide_password=False))
    for role in (ROLE, "between", "bypasses"):
        own_database.outside(f"drop role if exists {role}")
    use_hints(NoHints())
    use_master_key(own_database.config.master_key_bytes)


@pytest.mark.parametrize("grants", MORE.values(), ids=MORE)
def test_a_member_of_who_could_bypass_the_policies_is_refused(own_database: Database, somebody: Config, grants: str):
    owner = make_url(own_database.config.owner_url()).username
    for grant in grants.format(role=ROLE, owner=owner).split("; "):
        own_database.outside(grant)
    for start in (create_app, app_without_routes):
        with pytest.raises(ConfigError, match="can bypass row-level security"):
            start(somebody)


def test_a_member_of_the_app_alone_is_let_in(somebody: Config):
    with create_app(somebody).app_context():
        assert db.session.scalar(MAY_BYPASS) is False
        db.session.remove()
        db.engine.dispose()


def meldketen(config: Config, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "service.cli", *words]
    settings = {"PATH": "/usr/bin:/bin"} | config.as_environment()
    return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=60, check=False)


def test_the_master_key_is_renewed_by_a_command_and_without_it_nothing_starts(own_database: Database):
    organisation, other = an_organisation(), an_organisation()
    for tenant in (organisation, other):
        with acting_for(tenant):
            seal_of_acting_organisation()
    slug = own_database.outside("select slug from organisation where id = :o", o=organisation)[0]["slug"]
    old = own_database.config
    alone = replace(old, master_key=base64.b64encode(os.urandom(32)).decode())
    both = replace(alone, previous_master_keys=(old.master_key,))

    ran = meldketen(alone, "keys", "rotate")
    assert ran.returncode == 2 and ran.stderr.count("\n") == 1 and "PREVIOUS_MASTER_KEYS" in ran.stderr
    ran = meldketen(both, "keys", "rotate", "--lang", "en")
    assert ran.returncode == 0 and "Wrapped again: organisations 2, users 0." in ran.stdout, ran.stderr
    ran = meldketen(alone, "keys", "rotate", "--organisation", slug)
    assert ran.returncode == 0 and f"{slug} heeft een nieuwe sleutel" in ran.stdout, ran.stderr

    assert meldketen(alone, "keys", "destroy", "--organisation", slug).returncode == 2
    ran = meldketen(alone, "keys", "destroy", "--organisation", slug, "--yes")
    assert ran.returncode == 0 and "vernietigd" in ran.stdout, ran.stderr
    for verb in (("destroy", "--yes"), ("rotate",)):
        ran = meldketen(alone, "keys", *verb, "--organisation", slug)
        assert ran.returncode == 2 and ran.stderr.count("\n") == 1 and "vernietigd" in ran.stderr
    ran = meldketen(alone, "keys", "rotate", "--organisation", "nobody")
    assert ran.returncode == 2 and "nobody" in ran.stderr
