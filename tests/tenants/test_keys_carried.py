"""An upgrade of a database in which people's names lie sealed already: they open as before, and can be renewed."""

import os
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, text

from service import create_app
from service.embedded.servers import Embedded
from service.release import release
from tenants.database import db
from tenants.history.entries import SYSTEM
from tenants.isolation import acting_for
from tenants.keys.master_keys import rewrap
from tenants.keys.renewing import renew_key
from tenants.sealing import seal_of_acting_organisation
from tests.conftest import BASE_URL, SANDBOX_URL
from tests.tenants.carried import database_at
from workflows.engine.hints import NoHints, use_hints

NAME = "keys_of_before"
SEALED = text("select sealed from recipient where organisation_id = :o")


@pytest.fixture
def before(servers: Embedded) -> Iterator[Engine]:
    """A database at the version before; its superuser."""
    with database_at(servers, NAME, "0011") as carried:
        yield carried.superuser
    use_hints(NoHints())


def locked(key: bytes, plain: bytes, about: bytes = b"") -> bytes:
    """As it was done then: without a label."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def opened(organisation: UUID) -> object:
    with acting_for(organisation):
        [sealed] = db.session.scalars(SEALED, {"o": organisation})
        return seal_of_acting_organisation().open(bytes(sealed))


def test_who_was_sealed_before_opens_after_and_gets_new_keys(before: Engine, servers: Embedded):
    organisation, key, jan = uuid4(), os.urandom(32), b'{"name": "Jan", "address": "jan@example.nl"}'
    config = servers.config(BASE_URL, SANDBOX_URL, NAME)
    with before.begin() as outside:
        values = {"o": organisation, "wrapped": locked(config.master_key_bytes, key, organisation.bytes),
                  "sealed": locked(key, jan)}  # fmt: skip
        for act in (
            "insert into organisation (id, slug, name) values (:o, 'x', 'X')",
            "insert into organisation_key (organisation_id, wrapped_key) values (:o, :wrapped)",
            "insert into recipient (organisation_id, purpose, about_id, sealed, address_hash) "
            "values (:o, 'notice', :o, :sealed, '\\x00')",
        ):
            outside.execute(text(act), values)
    release(config)
    with create_app(config).app_context():
        person = {"name": "Jan", "address": "jan@example.nl"}
        assert opened(organisation) == person
        assert [done.organisations for done in rewrap()] == [1] and opened(organisation) == person
        assert renew_key(organisation, SYSTEM).recipients == 1 and opened(organisation) == person
        db.session.remove()
        db.engine.dispose()
