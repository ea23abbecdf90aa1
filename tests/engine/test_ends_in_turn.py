"""One tenant's heap of signed ends delays nobody else's way outside."""

from uuid import UUID

from tenants.isolation import acting_for
from tenants.signed_heads import organisations_to_carry, sign_head
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


def test_signed_ends(own_database: Database):
    """As many organisations as may be taken get their turn, however many ends the first of them has."""
    heavy, good = an_organisation(), an_organisation()
    ends(own_database, heavy, 3)
    ends(own_database, good, 1)
    assert set(organisations_to_carry(2)) == {heavy, good}
