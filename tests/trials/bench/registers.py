"""A thousand registers with a thousand breaches each, and a person who is privacy officer in one of them."""

from dataclasses import dataclass
from uuid import UUID

from service.story.client import TrialFailed
from tenants.identity.sessions import begin_session
from tenants.identity.users import PRIVACY_OFFICER, add_user, make_member
from tenants.isolation import acting_for_nobody
from tests.trials.bench.bench_env import Place

ORGANISATIONS = """
    insert into organisation (slug, name, claimed_at)
    select 'reg-' || n, 'Register ' || n, now() from generate_series(1, %s) n"""
# Each row has a moment of its own, and the organisations alternate: rows of one are not together on the disk.
BREACHES = """
    insert into breach (organisation_id, reference, title, origin, found_at, became_aware_at, alarm_at, due_at,
                        description, facts, people_min, people_max, financial_undertaking, created_at)
    select o.id, '2026-' || n, 'Laptop gestolen uit auto ' || n, 'own', m.at, m.at, m.at + interval '3 days',
           m.at + interval '3 days', 'De laptop lag in de auto.', '{}', n %% 900, n %% 900 + 10, false, m.at
      from generate_series(%s::int, %s::int) n
     cross join (select id from organisation where slug like 'reg-%%') o
     cross join lateral (select now() - n * interval '1 minute' as at) m
     where o.id = coalesce(%s::uuid, o.id)"""
COUNT = "select count(*) from breach"


@dataclass(frozen=True)
class Reader:
    """A logged-in person, and the register that they may read."""

    token: str
    slug: str
    organisation: UUID

    @property
    def path(self) -> str:
        """Return the address of the register's list."""
        return f"/api/o/{self.slug}/breaches"


def fill(place: Place, organisations: int, each: int) -> Reader:
    """Make this many registers with this many breaches each. Raises TrialFailed when the count differs afterwards."""
    place.outside.execute(ORGANISATIONS, (organisations,))
    place.outside.execute(BREACHES, (1, each, None))
    if place.one(COUNT) != organisations * each:
        raise TrialFailed(f"api: {place.one(COUNT)} breaches instead of {organisations * each}")
    place.settle()
    slug = f"reg-{organisations // 2 + 1}"
    organisation = place.one("select id from organisation where slug = %s", slug)
    with acting_for_nobody():
        user = add_user("bench@example.nl", "Bea Bench", "long enough for anybody")
        make_member(user.id, organisation, PRIVACY_OFFICER)
        token = begin_session(user, proven=True)
    return Reader(token, slug, organisation)


def deepen(place: Place, reader: Reader, least: int, most: int) -> None:
    """Add breaches to this one register that are older than all others."""
    place.outside.execute(BREACHES, (least, most, reader.organisation))
    place.settle()
