"""The list of an office's clients is read from an index, behind row-level security, wherever the page begins."""

from uuid import UUID

import pytest
from sqlalchemy import event

from tenants.agreements.client_filters import EACH_ONCE
from tenants.agreements.client_list import NAME, NUMBER, ORDERS, agreements
from tenants.agreements.processing_agreements import register_clients
from tenants.database import db
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import FRIDAY_EVENING, Office, a_client, an_office

CLIENTS = 2_000


@pytest.fixture(scope="module")
def large(database: Database) -> Office:
    """An office whose clients were registered in another order than that of their names."""
    office = an_office(0)
    with acting_for(office.id):
        register_clients([a_client(n, name=f"Zaak {n * 7919 % CLIENTS:05d}") for n in range(CLIENTS)])
    database.outside("analyze processing_agreement")
    return office


def plan_of(order: str, after: UUID | None) -> str:
    """How PostgreSQL reads the page, as the app's role, whose rows a policy narrows."""
    seen: list[tuple[str, object]] = []

    def look(connection: object, cursor: object, statement: str, values: object, *_: object) -> None:
        seen.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", look)
    try:
        agreements(51, (FRIDAY_EVENING, after) if after else None, order=order, chosen=EACH_ONCE)
    finally:
        event.remove(db.engine, "before_cursor_execute", look)
    statement, values = next(pair for pair in seen if "FROM processing_agreement" in pair[0])
    lines = db.session.connection().exec_driver_sql(f"explain {statement}", values)  # type: ignore[arg-type]
    return "\n".join(row[0] for row in lines)


@pytest.mark.parametrize(("order", "index"), [(NAME, "agreement_by_name"), (NUMBER, "agreement_by_number")])
def test_a_page_by_name_or_number_begins_in_an_index(large: Office, order: str, index: str) -> None:
    with acting_for(large.id):
        whole = agreements(CLIENTS, order=order, chosen=EACH_ONCE)
        for after in (None, whole[CLIENTS * 9 // 10]["id"]):
            plan = plan_of(order, after)
            assert f"using {index}" in plan and "Sort" not in plan, plan
            if after:
                key = "ROW(folded_name, id) > ROW(" if order == NAME else "ROW(folded_number, id) > ROW("
                assert key in plan, plan


@pytest.mark.parametrize("order", ORDERS)
def test_pages_by_key_lose_and_repeat_nobody(large: Office, order: str) -> None:
    with acting_for(large.id):
        whole, pages, after = agreements(CLIENTS + 1, order=order), [], None
        while rows := agreements(700, after, order=order):
            pages += [row["id"] for row in rows]
            after = (FRIDAY_EVENING, pages[-1])
    assert pages == [row["id"] for row in whole] and len(set(pages)) == CLIENTS


def test_names_are_in_order_without_capitals_and_accents(database: Database) -> None:
    office, names = an_office(0), ["zebra", "Éclair", "appel", "Eclair", "Zèta", "ECLAIR 2"]
    with acting_for(office.id):
        register_clients([a_client(n, name=name) for n, name in enumerate(names)])
        assert [row["controller_name"] for row in agreements(9, order=NAME)] == [
            "appel", "Éclair", "Eclair", "ECLAIR 2", "zebra", "Zèta",
        ]  # fmt: skip
