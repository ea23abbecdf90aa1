"""A new password by a mailed link: one link, one password, and every other link on its way ends with it."""

import pytest
from sqlalchemy import text

from tenants.errors import NotFound
from tenants.identity.mailed_links import new_reset
from tenants.identity.users import APPROVER
from tenants.isolation import acting_for_nobody
from tests.conftest import WITHIN_S, Database
from tests.factories import a_member, an_organisation
from workflows.accounts.own_account import reset_password

FIRST, SECOND = "een lang wachtwoord voor nu", "een ander wachtwoord voor straks"


def links(count: int) -> tuple[list[str], object]:
    """So many links of one person, and who that is."""
    person = a_member(an_organisation(), APPROVER, "Bram").id
    assert person
    with acting_for_nobody():
        return [new_reset(person) for _ in range(count)], person


def test_after_a_new_password_no_other_link_works(database: Database) -> None:
    (used, on_its_way), _ = links(2)
    reset_password(used, FIRST)
    with pytest.raises(NotFound):
        reset_password(on_its_way, SECOND)


def test_of_two_at_the_same_moment_one_sets_the_password(database: Database) -> None:
    [token], person = links(1)
    with database.superuser.begin() as connection:
        connection.execute(text("select from app_user where id = :id for update"), {"id": person})
        answers = [database.elsewhere(reset_password, token, new) for new in (FIRST, SECOND)]
        database.wait_until_blocked(2)
    refused = [answer.exception(WITHIN_S) for answer in answers]
    assert [type(fault) for fault in refused if fault] == [NotFound]
