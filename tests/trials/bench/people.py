"""A notice to this many people, approved and ready to be sent, in an organisation of its own."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from service.demo import names
from tenants.history.entries import Actor
from tenants.identity.users import APPROVER, HANDLER, PRIVACY_OFFICER
from tenants.isolation import acting_for
from tests.trials.bench.bench_env import Place
from workflows.engine.advance import complete
from workflows.mail.batches import Addressee
from workflows.notice.bulk_notice import BULK_NOTICE, begin_by_choice, upload_recipients
from workflows.notification.own_breach import NewBreach, open_breach

KNOWN = "update organisation set verified_at = now(), verified_how = 'operator' where id = %s"
PREPARER = Actor(uuid4(), "Bea Bench", PRIVACY_OFFICER)
DECIDER, SENDER = Actor(uuid4(), "Ben Bench", APPROVER), Actor(uuid4(), "Bo Bench", HANDLER)
TEXT = {
    "subject": "Uw gegevens zijn betrokken bij een datalek",
    "nature": "Een laptop met de salarisadministratie is gestolen.",
    "contact": "Onze privacyfunctionaris helpt u op werkdagen: privacy@klant.example, 0800 2024.",
    "consequences": "Iemand kan zich met uw gegevens als u voordoen.",
    "measures": "De laptop is op afstand gewist. Let zelf op vreemde brieven en rekeningen.",
}


@dataclass(frozen=True)
class Telling:
    """A notice and the organisation that sends it."""

    organisation: UUID
    notice: UUID
    people: int

    def release(self) -> None:
        """Release the notice as a third person."""
        with acting_for(self.organisation):
            complete(BULK_NOTICE, self.notice, "release", _proven(SENDER), HANDLER, {})


def addressee(number: int) -> Addressee:
    """Return a person with a name and an address that no other person has."""
    return Addressee(names.person(number), f"mens{number:06d}@mensen-{number % 7}.example")


def written(place: Place, number: int, people: int) -> Telling:
    """Make an organisation with a breach and a notice about it, with list and text, approved by another person."""
    organisation, found_at = place.organisation(number), datetime.now(UTC) - timedelta(hours=1)
    place.outside.execute(KNOWN, [organisation])
    with acting_for(organisation):
        new = NewBreach(
            title="Laptop gestolen", description="Uit een auto.", found_at=found_at, became_aware_at=found_at
        )
        notice = begin_by_choice(open_breach(new, PREPARER), PREPARER)
        upload_recipients(notice.id, map(addressee, range(people)), PREPARER, PRIVACY_OFFICER)
        complete(BULK_NOTICE, notice.id, "text", PREPARER, PRIVACY_OFFICER, TEXT)
        complete(BULK_NOTICE, notice.id, "approve", _proven(DECIDER), APPROVER, {"agrees": True})
    place.settle()
    return Telling(organisation, notice.id, people)


def _proven(by: Actor) -> Actor:
    """Return a person who has just given a second factor."""
    return replace(by, proven_at=datetime.now(UTC))
