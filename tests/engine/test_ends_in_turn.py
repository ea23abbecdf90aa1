"""One tenant's heap of signed ends delays nobody else's way outside, and is carried in parts."""

from uuid import UUID

from tenants.history.signed_heads import ends_to_carry, heads_inside, sign_head, waiting_heads
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import an_organisation, an_own_breach


def ends(database: Database, organisation: UUID, how_many: int) -> None:
    """Signed ends of its history that should have been carried outside long ago."""
    an_own_breach(organisation)
    with acting_for(organisation):
        assert sign_head(outside=True)
    database.outside(
        """insert into signed_head (organisation_id, seq, head, statement, signature, key_id, outside_at)
           select s.organisation_id, -n, s.head, s.statement, s.signature, s.key_id, now() - n * interval '1 day'
             from signed_head s, generate_series(2, :n) n where s.organisation_id = :o""",
        o=organisation, n=how_many,
    )  # fmt: skip


def test_many_signed_ends_delay_no_end_of_another_organisation(own_database: Database):
    """As many organisations as may be taken get their turn, however many ends the first of them has."""
    heavy, good = an_organisation(), an_organisation()
    ends(own_database, heavy, 3)
    ends(own_database, good, 1)
    assert set(ends_to_carry(2, 1)) == {heavy, good}


def test_of_one_organisation_the_newest_ends_come_first_and_the_others_at_once_after(own_database: Database):
    heavy = an_organisation()
    ends(own_database, heavy, 5)
    every = [row["seq"] for row in own_database.outside("select seq from signed_head order by seq desc")]
    taken = []
    while part := ends_to_carry(9, 2):
        taken.append(sorted(part[heavy], reverse=True))
        with acting_for(heavy):
            assert [head.seq for head in heads_inside(part[heavy])] == sorted(part[heavy])
    assert taken == [every[:2], every[2:4], every[4:]] and waiting_heads()[0] == len(every)
