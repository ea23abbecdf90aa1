"""A term that ends while nobody is there has more moments to tell about it than another, and each is noted."""

from datetime import timedelta

from tenants.isolation import acting_for
from tenants.organisations.organisations import the_acting_organisation
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import a_member, an_organisation, an_own_breach
from workflows.catalogue import CATALOGUE
from workflows.decisions.turn_mails import note_turns
from workflows.law.periods import AMSTERDAM


def test_each_moment_of_a_term_that_ends_on_a_closed_day_is_noted(database: Database) -> None:
    here = an_organisation()
    officer = a_member(here)
    breach_id = an_own_breach(here, hours_ago=0)
    with acting_for(here):
        ends = breach(breach_id).alarm_at
        assert ends is not None
        day = ends.astimezone(AMSTERDAM).date().isoformat()
        the_acting_organisation().closed_periods = [{"first": day, "last": day}]
    for hours in range(72, -1, -1):
        note_turns(here, CATALOGUE, 500, ends - timedelta(hours=hours))
    rows = database.outside("select occasion from turn_mail where user_id = :who order by occasion", who=officer.id)
    occasions = [row["occasion"] for row in rows]
    assert occasions[0] == 0 and len(occasions) >= 3, "none of the moments was refused"
