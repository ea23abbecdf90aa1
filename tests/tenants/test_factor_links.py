"""What is asked about a lost second factor lasts as long as it should: a link, an owner's request, and what ended."""

from uuid import UUID

import pytest

from tenants.identity.factor_requests import (
    asked_by_owner,
    end_requests,
    new_link,
    of_link,
    open_of_owner,
    open_requests,
    own_request,
)  # fmt: skip
from tenants.identity.users import APPROVER, OWNER
from tenants.isolation import acting_for, database_now
from tests.conftest import Database
from tests.factories import a_member, an_organisation

OLDER = "update factor_request set asked_at = asked_at - cast(:age as interval) where user_id = :user"


class Asking:
    """Somebody with a link that was mailed, in an organisation with an owner."""

    def __init__(self) -> None:
        self.place = an_organisation()
        owner, person = a_member(self.place, OWNER, "Olga").id, a_member(self.place, APPROVER, "Bram").id
        assert owner and person
        self.owner, self.person = owner, person

    def link(self) -> str | None:
        with acting_for(self.place):
            return new_link(self.person)

    def opens(self, token: str, who: UUID | None = None) -> bool:
        """The link is opened, so that the wait begins. Whether it opened something."""
        with acting_for(self.place):
            request = of_link(who or self.person, token)
            if request is not None:
                request.counts_at = database_now()
            return request is not None

    def ends(self) -> int:
        with acting_for(self.place):
            return end_requests(self.person, "stopped", self.place, self.owner)

    def asked(self) -> int:
        with acting_for(self.place):
            return len(open_requests([self.person]))


@pytest.fixture
def asking(database: Database) -> Asking:
    return Asking()


def test_a_link_lasts_an_hour_and_once_opened_it_stays(asking: Asking, database: Database) -> None:
    late = asking.link()
    database.outside(OLDER, age="1 hour", user=asking.person)
    assert late and not asking.opens(late)
    token = asking.link()
    assert token and not asking.opens(late) and asking.opens(token)
    database.outside(OLDER, age="2 days", user=asking.person)
    assert asking.opens(token) and asking.link() is None


def test_a_link_is_its_persons_alone(asking: Asking) -> None:
    token = asking.link()
    assert token and not asking.opens(token, asking.owner) and asking.opens(token)


def test_a_link_of_an_ended_request_stops_working(asking: Asking) -> None:
    token = asking.link()
    assert token and asking.ends() == 1
    assert not asking.opens(token) and asking.ends() == 0
    with acting_for(asking.place):
        assert own_request(asking.person) is None


def test_an_unopened_link_shows_nothing_and_begins_no_wait(asking: Asking) -> None:
    token = asking.link()
    with acting_for(asking.place):
        assert own_request(asking.person) is None
    assert token and asking.asked() == 0 and asking.opens(token) and asking.asked() == 1
    with acting_for(asking.place):
        assert own_request(asking.person)
    assert asking.ends() == 1 and asking.asked() == 0


def test_what_an_owner_asked_lasts_a_week(asking: Asking, database: Database) -> None:
    with acting_for(asking.place):
        first = asked_by_owner(asking.person, asking.place, asking.owner).id
    assert asking.asked() == 1
    database.outside(OLDER, age="7 days", user=asking.person)
    assert asking.asked() == 0
    with acting_for(asking.place):
        assert open_of_owner(asking.person) is None
        assert asked_by_owner(asking.person, asking.place, asking.owner).id != first
    [lapsed] = database.outside("select ended_how from factor_request where id = :id", id=first)
    assert lapsed["ended_how"] == "lapsed"
