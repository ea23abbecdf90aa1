"""Whoever changes a walled row leaves an entry in that organisation's history, in the same transaction."""

from tests.conftest import Database
from tests.tenants.conftest import Scene
from tests.tenants.tables import SHARED, WALLED

OWN = [name for name in WALLED if name not in (*SHARED, "organisation")]
MACHINE = {
    "history_head", "history_person", "history_personal", "history_seal", "signed_head",  # the history itself
    "history", "carried_head", "signing_key", "organisation_key",  # proofs and keys, which have entries of their own
    "run", "step", "clock", "mail_batch", "recipient", "mail_event", "operator_act",  # acts have their entry
    "contact_standing",  # what mail did; what its holder or the office did has entries
    "search_pending", "search_subject", "search_vocabulary", "search_word",  # words of what has entries
    "turn_mail",  # whose steps have their entries
    "news",  # its act has an entry in the same transaction
    "register_counter", "idempotent_answer", "refusal",  # counters, and answers kept for a repeated request
}
"""Which tables a machine writes by itself."""
BY_HAND = {"api_token", "identity_provider", "incident_end", "linked_identity", "verification_letter"}
"""What the scene writes without the act of a person, whose entry is tested where the act is."""
UNREMEMBERED = """
    select t.organisation_id, count(*) from {} t
     where not exists (select from history h where h.organisation_id = t.organisation_id and h.xmin = t.xmin)
     group by 1"""


def test_every_row_that_was_written_has_its_entry(scene: Scene, database: Database):
    """PostgreSQL keeps with each row which transaction wrote it last (xmin): that one wrote an entry too."""
    strange = {}
    for table in OWN:
        rows = database.outside(UNREMEMBERED.format(table))
        if rows and table not in MACHINE | BY_HAND:
            strange[table] = len(rows)
    assert strange == {}
