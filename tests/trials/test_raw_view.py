"""The hand-written page of a register shows the same rows as the product's, so that both can be compared."""

from flask import Flask

from tests.conftest import Database
from tests.factories import a_member, an_organisation, an_own_breach
from tests.service.caller import caller_for
from tests.trials.bench.raw_view import raw_app


def test_the_page_by_hand_has_the_columns_of_the_list(app: Flask, database: Database) -> None:
    controller = an_organisation("Bakkerij")
    by = a_member(controller)
    breach = an_own_breach(controller, by)
    by_hand = raw_app(database.config.database_url, {"bakkerij": controller}).test_client().get("/open/bakkerij")
    [row] = by_hand.json["items"]
    assert by.id
    [listed] = caller_for(app, by.id).get("breaches").json["items"]
    assert row["id"] == listed["id"] == str(breach)
    assert set(row) == set(listed)
