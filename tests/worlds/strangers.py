"""Strangers who opened a register by a link of the office's mail, and what they decided in it."""

from datetime import timedelta
from uuid import UUID

from tenants.identity.users import APPROVER, HANDLER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tenants.organisations.admission import release_claim
from tenants.organisations.organisations import claim_acting_organisation
from tenants.register.broken_glass import break_it
from tenants.register.notices import notice_of_breach
from tests.factories import FACTS, NOTICE_TEXT, a_member, an_assessment, an_incident, proven
from tests.operating import operator
from tests.worlds.asked_controller import AskedController
from workflows.engine.advance import complete
from workflows.engine.runs import run_about
from workflows.mail.batches import Addressee
from workflows.notice.bulk_notice import BULK_NOTICE, upload_recipients
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.notification.own_awareness import state_awareness
from workflows.notification.supplement import supplement_facts
from workflows.running import jobs

AGREEMENTS = "select distinct controller_id from processing_agreement where processor_id = :o"
SECRET = "Alleen voor eigen ogen"
"""What the one who opened the register typed, in whichever field."""


class Strangers:
    """They opened the register by the office's link, decided about its breach, and prepared mail to people."""

    def __init__(self, house: AskedController) -> None:
        an_incident(house.office)
        house.work()
        [row] = house.database.outside("select organisation_id, id from breach")
        self.register: UUID = row["organisation_id"]
        self.breach: UUID = row["id"]
        officer, other = a_member(self.register), a_member(self.register)
        approver, owner = a_member(self.register, APPROVER), a_member(self.register, OWNER)
        handler = a_member(self.register, HANDLER)
        with acting_for(self.register):
            assert claim_acting_organisation()
            assessed = an_assessment("high", facts=FACTS["high"])
            complete(AP_NOTIFICATION, self.breach, "assess", officer, PRIVACY_OFFICER, assessed)
            draft = {"decision": "notify", "reason": "Kans op fraude."}
            complete(AP_NOTIFICATION, self.breach, "draft", officer, PRIVACY_OFFICER, draft)
            run = run_about("ap_notification", self.breach).id
            by, why = (owner.id, None, owner.name), "Iedereen is met vakantie vandaag"
            break_it(run, "approve", by, why)  # type: ignore[arg-type]
            complete(AP_NOTIFICATION, self.breach, "approve", approver, APPROVER, {"agrees": True})
        while jobs.drain(str(self.register)):
            pass
        with acting_for(self.register):
            submitted = {"submitted_at": database_now(), "authority_number": "AP-1"}
            complete(AP_NOTIFICATION, self.breach, "submit", handler, HANDLER, submitted)
            notice = notice_of_breach(self.breach)
            assert notice
            self.notice = notice.id
            upload_recipients(self.notice, [Addressee("A", "a@x.nl")], other, PRIVACY_OFFICER)
            complete(BULK_NOTICE, self.notice, "text", officer, PRIVACY_OFFICER, dict(NOTICE_TEXT))
            complete(BULK_NOTICE, self.notice, "approve", approver, APPROVER, {"agrees": True})

    def are_sent_away(self, house: AskedController) -> None:
        """The operator closes the register again."""
        [row] = house.database.outside("select slug from organisation where id = :o", o=self.register)
        with operator().begin() as connection:
            assert release_claim(connection, row["slug"], "De link kwam bij een ander") == self.register

    def are_of_before(self, house: AskedController) -> None:
        """The register is unclaimed with all that was decided in it, as releases of before left it."""
        closed = "update organisation set claimed_at = null where id = :o"
        house.database.outside(closed, o=self.register)
        house.database.outside("update consent set state = 'ended', ended_at = now() where controller_id = :o",
                               o=self.register)  # fmt: skip


class OpenedRegister:
    """A register that somebody opened, and its breach."""

    def __init__(self, register: UUID, breach_id: UUID) -> None:
        self.register, self.breach = register, breach_id


def own_moment(house: AskedController) -> OpenedRegister:
    """Somebody opened the register, stated an own moment of awareness there, and typed facts."""
    an_incident(house.office)
    house.work()
    [row] = house.database.outside("select organisation_id, id from breach")
    opened = OpenedRegister(row["organisation_id"], row["id"])
    by = a_member(opened.register, OWNER)
    with acting_for(opened.register):
        assert claim_acting_organisation()
        at = database_now() - timedelta(minutes=30)
        state_awareness(opened.breach, at, SECRET, proven(by))
        supplement_facts(opened.breach, FACTS["high"], 7777, 7777, proven(by))
    return opened


def work(house: AskedController, register: UUID) -> None:
    for organisation in (house.office.id, register):
        while jobs.drain(str(organisation)):
            pass


def by_telephone(house: AskedController) -> None:
    """The office called; a delivery by mail would fall away with the register's release."""
    house.database.outside("update breach set stated_aware_how = 'phone'")
    house.database.outside("update escalation set informed_how = 'phone'")
