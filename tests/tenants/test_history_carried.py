"""An upgrade of a database that has a history already, one chain per subject: it is kept, and can be verified."""

import json
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text

from service import create_app
from service.embedded.servers import Embedded
from service.release import release
from tenants.database import db
from tenants.history.entries import Entry, of_subject, record
from tenants.history.forgetting import ASKED, forget_personal
from tenants.history.witness import verify
from tenants.isolation import acting_for
from tests.conftest import BASE_URL, SANDBOX_URL
from tests.factories import BRAM, FENNA
from tests.tenants.carried import database_at

NAME = "history_of_before"
REMEMBER = text("select record_history(:organisation, cast(:entries as jsonb))")


@pytest.fixture
def before(servers: Embedded) -> Iterator[Engine]:
    """A database at the version before; its superuser."""
    with database_at(servers, NAME, "0009") as carried:
        yield carried.superuser


def told(what: str, subject: UUID, name: str | None = None, **details: str) -> dict[str, object]:
    """An entry as it was written then."""
    actor = {"actor_id": None, "actor_name": name} if name else {"actor_id": str(FENNA.id), "actor_name": FENNA.name}
    return {"subject_kind": what.split(".")[0], "subject_id": str(subject), "what": what, "details": details, **actor}


def test_what_was_recorded_before_is_carried_over_and_chained_anew(before: Engine, servers: Embedded):
    own, other, office, controller, untouched = (uuid4() for _ in range(5))
    story = [
        (office, told("escalation.opened", own)), (office, told("escalation.called", own, how="phone", note="Met Jan")),
        (office, told("escalation.acknowledged", own, "Anna")), (office, told("escalation.decided", own, "Bakkerij")),
        (office, told("clock.receipt", own, "Meldketen")), (controller, told("breach.received", other, "De Linde")),
    ]  # fmt: skip
    with before.begin() as connection:
        for organisation in (office, controller, untouched):
            named = {"id": organisation, "slug": f"o-{organisation.hex[:8]}"}
            connection.execute(text("insert into organisation (id, slug, name) values (:id, :slug, 'X')"), named)
    for organisation, entry in story:
        with before.begin() as connection:
            connection.execute(REMEMBER, {"organisation": organisation, "entries": json.dumps([entry])})

    config = servers.config(BASE_URL, SANDBOX_URL, NAME)
    release(config)
    with create_app(config).app_context():
        assert [verify(o).entries for o in (office, controller, untouched)] == [7, 3, 0]
        assert verify(office).ok and verify(controller).ok and verify(untouched).ok
        with acting_for(office):
            entries = of_subject(own)
            assert [(e.seq, e.what, e.actor_name) for e in entries] == [
                (1, "escalation.opened", FENNA.name), (2, "escalation.called", FENNA.name),
                (3, "escalation.acknowledged", "Anna"), (4, "escalation.decided", "Bakkerij"),
                (5, "clock.receipt", "Meldketen"),
            ]  # fmt: skip
            assert entries[1].details == {"how": "phone", "note": "Met Jan"} and entries[1].actor_id == FENNA.id
            rechained, sealed = of_subject(office)
            assert (rechained.seq, rechained.what, sealed.what) == (6, "history.rechained", "history.sealed")
            assert (rechained.details["entries"], rechained.details["broken"]) == (5, 0)
            assert len(rechained.details["heads"]) == 64
            forget_personal(2, ASKED, BRAM)
            record([Entry("escalation", own, "escalation.written", FENNA)])
        assert verify(office).ok and verify(office).erased == 1
        with acting_for(office):
            assert of_subject(own)[1].details == {"how": "phone"}
        db.session.remove()
        db.engine.dispose()
