"""A request repeated with the same key is answered once, with the effect or not at all."""

from threading import Event
from typing import Any

import pytest

from tenants.errors import Invalid
from tenants.idempotency import earlier_answer, keep_answer
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import an_organisation

BODY = {"id": "1"}


def test_the_second_gets_the_first_ones_answer(database: Database):
    organisation = an_organisation()
    with acting_for(organisation):
        assert earlier_answer("k", b"h") is None
        keep_answer("k", 201, BODY)
    with acting_for(organisation):
        assert earlier_answer("k", b"h") == (201, BODY)


def test_an_answer_is_kept_only_with_its_effect(database: Database):
    organisation = an_organisation()
    with pytest.raises(KeyError), acting_for(organisation):
        earlier_answer("k", b"h")
        keep_answer("k", 201, BODY)
        raise KeyError
    with acting_for(organisation):
        assert earlier_answer("k", b"h") is None


def test_another_request_with_this_key_is_refused(database: Database):
    organisation = an_organisation()
    with acting_for(organisation):
        earlier_answer("k", b"h")
    with acting_for(organisation), pytest.raises(Invalid, match=r"idempotency\.other_request"):
        earlier_answer("k", b"another")


def test_a_key_is_of_one_organisation(database: Database):
    for organisation in (an_organisation(), an_organisation()):
        with acting_for(organisation):
            assert earlier_answer("k", b"h") is None


@pytest.mark.parametrize("ends", ["commits", "rolls back"])
def test_a_twin_waits_for_the_first(database: Database, ends: str):
    organisation, taken, go_on = an_organisation(), Event(), Event()

    def first() -> None:
        with acting_for(organisation):
            earlier_answer("k", b"h")
            taken.set()
            go_on.wait(10)
            keep_answer("k", 201, BODY)
            if ends == "rolls back":
                raise KeyError

    def twin() -> Any:
        taken.wait(10)
        with acting_for(organisation):
            return earlier_answer("k", b"h")

    leading, two = database.elsewhere(first), database.elsewhere(twin)
    database.wait_until_blocked()
    go_on.set()
    assert isinstance(leading.exception(10), KeyError) == (ends == "rolls back")
    assert two.result(10) == ((201, BODY) if ends == "commits" else None)
