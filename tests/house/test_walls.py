"""Nothing goes around acting_for: the watch of tests/walls.py sees it, and no module opens a way of its own."""

import ast

import pytest
from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.factories import an_organisation
from tests.house.reading import name_of, nodes
from tests.tenants.tables import WALLED
from tests.walls import OverTheWall, watched

OWN_WAYS = {
    "tenants/isolation.py": "the only way in",
    "service/running/app_without_routes.py": "asks what its own role may, before anything starts",
    "migrations/release.py": "migrations, as the owner",
    "service/running/operator.py": "the operator decides, as the owner",
    "service/embedded/databases.py": "makes databases and roles, as the superuser of this machine",
    "service/embedded/postgres.py": "waits until the server answers",
    "migrations/env.py": "migrations, as the owner",
}
FROM_OUTSIDE = "service/story/"
"""A story looks from outside, as the superuser of a server that it started."""
OPENING = {"create_engine", "sessionmaker", "scoped_session", "Session", "raw_connection"}
ON_DATABASE = {"connect", "begin", "commit", "rollback", "remove", "close"}
OF_DATABASE = ("db.engine", "db.session", "psycopg", "engine", "db.engines")


@pytest.mark.parametrize("table", WALLED)
def test_the_watch_sees_every_walled_table(database: Database, table: str):
    with watched() as caught, acting_for_nobody(), pytest.raises(OverTheWall):
        db.session.execute(text(f"select count(*) from {table}"))
    assert len(caught) == 1


def test_the_watch_lets_through_who_acts_and_no_longer_than_that(database: Database):
    organisation = an_organisation()
    with watched() as caught:
        with acting_for(organisation):
            db.session.execute(text("select count(*) from breach"))
        with acting_for_nobody():
            db.session.execute(text("select * from organisations_with_history(null)"))
        with pytest.raises(OverTheWall), db.engine.begin() as connection:
            connection.execute(text("update breach set title = '' where false"))
        with acting_for(organisation), db.engine.begin() as beside, pytest.raises(OverTheWall):
            beside.execute(text("select from history"))
    assert len(caught) == 2


def test_only_the_listed_modules_open_a_transaction():
    files = {str(file) for file, node in nodes("service", "workflows", "tenants", "migrations")
             if isinstance(node, ast.Call) and _opens(node.func) and not str(file).startswith(FROM_OUTSIDE)}
    assert files == set(OWN_WAYS)


def _opens(called: ast.expr) -> bool:
    if name_of(called) in OPENING:
        return True
    return (isinstance(called, ast.Attribute) and called.attr in ON_DATABASE
            and ast.unparse(called.value).removesuffix("()") in OF_DATABASE)  # fmt: skip
