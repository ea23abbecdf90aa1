"""A notice to this many people, approved and ready to be sent, in an organisation of its own."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from service.demo import names
from tenants.history.entries import Actor
from tenants.identity.users import APPROVER, HANDLER, PRIVACY_OFFICER, add_user, make_member
from tenants.isolation import acting_for, acting_for_nobody
from tests.trials.bench.bench_env import Place
from workflows.engine.advance import complete
from workflows.mail.batches import Addressee
from workflows.notice.bulk_notice import BULK_NOTICE, begin_by_choice, upload_recipients
from workflows.notification.own_breach import NewBreach, open_breach

PASSWORD = "long enough for anybody"
KNOWN = "update organisation set verified_at = now(), verified_how = 'operator' where id = %s"
TEAM = {PRIVACY_OFFICER: "Bea Bench", APPROVER: "Ben Bench", HANDLER: "Bo Bench"}
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
    sender: Actor

    def release(self) -> None:
        """Release the notice as a third person."""
        with acting_for(self.organisation):
            complete(BULK_NOTICE, self.notice, "release", _proven(self.sender), HANDLER, {})


def addressee(number: int) -> Addressee:
    """Return a person with a name and an address that no other person has."""
    return Addressee(names.person(number), f"mens{number:06d}@mensen-{number % 7}.example")


def written(place: Place, number: int, people: int) -> Telling:
    """Make an organisation with a breach and a notice about it, with list and text, approved by another person."""
    organisation, found_at = place.organisation(number), datetime.now(UTC) - timedelta(hours=1)
    place.outside.execute(KNOWN, [organisation])
    preparer, decider, sender = (_seated(organisation, number, role) for role in TEAM)
    with acting_for(organisation):
        new = NewBreach(
            title="Laptop gestolen", description="Uit een auto.", found_at=found_at, became_aware_at=found_at
        )
        notice = begin_by_choice(open_breach(new, preparer), preparer)
        upload_recipients(notice.id, map(addressee, range(people)), preparer, PRIVACY_OFFICER)
        complete(BULK_NOTICE, notice.id, "text", preparer, PRIVACY_OFFICER, TEXT)
        complete(BULK_NOTICE, notice.id, "approve", _proven(decider), APPROVER, {"agrees": True})
    place.settle()
    return Telling(organisation, notice.id, people, sender)


def _seated(organisation: UUID, number: int, role: str) -> Actor:
    """Make a person with a seat in this role, because only who has a seat does a step."""
    with acting_for_nobody():
        user = add_user(f"{role}-{number}@bench.example", TEAM[role], PASSWORD)
        make_member(user.id, organisation, role)
        return Actor(user.id, user.name, role)


def _proven(by: Actor) -> Actor:
    """Return a person who has just given a second factor."""
    return replace(by, proven_at=datetime.now(UTC))
