"""A machine's step about another organisation stands that the two parted before it ran: nobody's work fails."""

from uuid import UUID, uuid4

import pytest

from tenants.agreements.consents import ENDED
from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.organisations.organisations import claim_acting_organisation
from tests.conftest import Database
from tests.factories import a_member, an_incident, an_office, an_organisation, verified
from workflows.catalogue import CATALOGUE
from workflows.engine.steps import Job
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.trust.consenting import answer
from workflows.trust.news import NEWS

ABOUT_ANOTHER = [
    workflow for workflow in CATALOGUE.values() if workflow.subject_kind == "organisation" and workflow is not NEWS
]  # fmt: skip
"""Of `news` the subject is a row of this organisation itself, which stays as long as its run."""


@pytest.mark.parametrize("workflow", ABOUT_ANOTHER, ids=lambda workflow: workflow.name)
def test_no_mail_goes_out_about_an_unrelated_organisation(
    own_database: Database, outbox: Outbox, workflow: object
):
    here = an_organisation()
    a_member(here)
    assert isinstance(workflow, type(ABOUT_ANOTHER[0]))
    [run] = own_database.outside("""
        insert into run (organisation_id, workflow, version, subject_id) values (:o, :w, :v, :s) returning id""",
        o=here, w=workflow.name, v=workflow.version, s=uuid4())  # fmt: skip
    first = workflow.steps[0]
    assert isinstance(first, Job)
    own_database.outside("""
        insert into step (organisation_id, run_id, name, kind, state) values (:o, :r, :n, 'job', 'ready')
        returning id""", o=here, r=run["id"], n=first.name)  # fmt: skip
    while jobs.drain(str(here)):
        pass
    assert own_database.outside("select state, error from step") == [{"state": "done", "error": None}]
    assert outbox.mails == []


def ended_before_it_ran(database: Database, by: Actor, register: UUID, office: UUID) -> None:
    with acting_for(register):
        assert claim_acting_organisation()
    verified(database.config.owner_url(), register)
    with acting_for(register):
        answer(office, ENDED, by)


@pytest.mark.parametrize("wrote", [True, False])
def test_an_office_that_was_ended_still_hears_that_its_register_was_opened(
    own_database: Database, outbox: Outbox, wrote: bool
):
    office = an_office(clients=1)
    with acting_for(office.id):
        [register] = db.session.query(ProcessingAgreement.controller_id).all()[0]
    if wrote:
        an_incident(office)
    ended_before_it_ran(own_database, a_member(register), register, office.id)
    while jobs.drain(str(office.id)):
        pass
    mails = [mail for mail in outbox.mails if "register geopend" in mail.subject]
    assert len(mails) == wrote
    assert own_database.outside("select 1 from step where state = 'failed' or error is not null") == []
