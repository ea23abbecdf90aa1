"""Another person comes to an address whose holder said no: a mailbox such as info@, which a client's people share.

The no was said by a person who stood there before. So it goes once an agreement that has not ended gets a name there
that none had. The address is then asked at once, for all its clients, whether this is the contact. What was said stays
in the history.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from tenants.agreements.asked_contacts import places_of
from tenants.agreements.other_people import ask_anew, names_where_no_was_said
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import database_now
from workflows.law.periods import AMSTERDAM


@contextmanager
def noticing_other_people(by: Actor) -> Iterator[None]:
    """Write contacts within this: where it puts another person at an address whose holder said no, the no goes."""
    before = names_where_no_was_said()
    yield
    if before:
        after = names_where_no_was_said()
        end_no([each for each, names in after.items() if each in before and names.present - before[each].ever], by)


def end_no(addresses: Collection[str], by: Actor) -> None:
    """Let what the holders of these addresses said count no more, and ask the addresses anew."""
    if not addresses:
        return
    ask_anew(addresses)
    today = database_now().astimezone(AMSTERDAM).date()
    record(
        Entry("agreement", place.agreement_id, "contact.other_person", by,
              {"client_number": place.client_number, "contact": place.place})
        for places in places_of(addresses, today).values() for place in places
    )  # fmt: skip
