"""A notice that three people released, and its mail to people who are strangers to its organisation."""

from uuid import UUID

from tenants.identity.users import APPROVER, HANDLER, PRIVACY_OFFICER
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tests.factories import NOTICE_TEXT, a_member, an_own_breach, proven
from workflows.engine.advance import complete
from workflows.mail.batches import Addressee
from workflows.mail.outbox import Outbox
from workflows.notice.bulk_notice import BULK_NOTICE, begin_by_choice, upload_recipients
from workflows.running import jobs


def a_released_notice(organisation: UUID, words: dict[str, str] = NOTICE_TEXT) -> UUID:
    """Released by three people, in these words."""
    people = {role: a_member(organisation, role) for role in (PRIVACY_OFFICER, APPROVER, HANDLER)}
    officer = people[PRIVACY_OFFICER]
    breach_id = an_own_breach(organisation, officer)
    with acting_for(organisation):
        notice = begin_by_choice(breach(breach_id), officer).id
        upload_recipients(notice, [Addressee("Ans", "ans@elders.example")], officer, PRIVACY_OFFICER)
        complete(BULK_NOTICE, notice, "text", officer, PRIVACY_OFFICER, words)
        complete(BULK_NOTICE, notice, "approve", proven(people[APPROVER]), APPROVER, {"agrees": True})
        complete(BULK_NOTICE, notice, "release", proven(people[HANDLER]), HANDLER, {})
    jobs.drain(str(organisation))
    return notice


def sent_to_strangers(outbox: Outbox) -> int:
    return sum(person.address.endswith("@elders.example") for mail in outbox.mails for person in mail.people)
