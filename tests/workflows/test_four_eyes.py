"""Three different people, each of whom has just shown who they are: as stories, in memory."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tenants.errors import NotAllowed
from tenants.history.entries import SYSTEM, Actor
from tenants.identity.users import APPROVER, HANDLER, OWNER
from tests.factories import BRAM, FENNA, JORIS, NOTICE_TEXT, a_breach, a_notice, an_assessment, proven
from tests.workflows.story import Story
from workflows.engine.steps import Workflow
from workflows.notice.bulk_notice import BULK_NOTICE
from workflows.notification.ap_notification import AP_NOTIFICATION

SENT = {"authority_number": "AP-1"}


def refused(story: Story, who: Actor, step: str, role: str = OWNER, **values: Any) -> str:
    """Why this person may not; nothing was done."""
    before = story.turn, story.done
    with pytest.raises(NotAllowed) as refusal:
        story.does(who, step, role, **values)
    assert (story.turn, story.done) == before
    return refusal.value.key


def drafted(definition: Workflow = AP_NOTIFICATION, by: Actor = FENNA) -> Story:
    story = Story(definition, a_breach())
    story.does(by, "assess", **an_assessment())
    story.does(by, "draft", decision="notify", reason="Een kans op fraude.")
    return story


def approved(definition: Workflow = AP_NOTIFICATION) -> Story:
    story = drafted(definition)
    story.does(BRAM, "approve", APPROVER, agrees=True)
    return story


def ready_to_go() -> Story:
    """A notice whose list Joris made, whose text Fenna wrote, which Bram approved."""
    story = Story(BULK_NOTICE, a_notice())
    story.does(JORIS, "recipients", count=3)
    story.does(FENNA, "text", **NOTICE_TEXT)
    story.does(BRAM, "approve", APPROVER, agrees=True)
    return story


@pytest.mark.parametrize("who", [FENNA, BRAM])
def test_who_drafted_or_approved_does_not_submit(who: Actor):
    story = approved()
    assert refused(story, who, "submit", submitted_at=story.now, **SENT) == "step.four_eyes"
    story.does(JORIS, "submit", HANDLER, submitted_at=story.now, **SENT)
    assert story.run.state == "done"


@pytest.mark.parametrize("who", [FENNA, BRAM, JORIS])
def test_who_prepared_or_approved_a_notice_does_not_release_it(who: Actor):
    assert refused(ready_to_go(), who, "release") == "step.four_eyes"


def test_who_made_the_list_does_not_approve_it_either():
    story = Story(BULK_NOTICE, a_notice())
    story.does(JORIS, "recipients", count=3)
    story.does(FENNA, "text", **NOTICE_TEXT)
    assert refused(story, JORIS, "approve", agrees=True) == "step.four_eyes"


def test_a_run_that_began_earlier_ends_as_it_began():
    story = approved(AP_NOTIFICATION.as_of(1))
    story.does(FENNA, "submit", submitted_at=story.now, **SENT)
    assert story.run.state == "done"
    notice = Story(BULK_NOTICE.as_of(1), a_notice())
    notice.does(FENNA, "recipients", count=3)
    notice.does(FENNA, "text", **NOTICE_TEXT)
    notice.does(BRAM, "approve", APPROVER, agrees=True)
    assert notice.turn == "send"


FOR_FENNA, AS_FENNA, AS_BRAM = (
    replace(JORIS, for_id=FENNA.id), replace(BRAM, for_id=FENNA.id), replace(FENNA, for_id=BRAM.id),
)  # fmt: skip


@pytest.mark.parametrize("who", [FOR_FENNA, AS_FENNA, AS_BRAM])
def test_who_stands_in_stands_for_two(who: Actor):
    """The preparer's deputy may not approve as such, nor the preparer as the deputy of whoever approves."""
    assert refused(drafted(), who, "approve", agrees=True) == "step.four_eyes"


def test_a_deputys_draft_is_approved_by_neither_of_the_two():
    for who in (JORIS, FENNA):
        assert refused(drafted(by=FOR_FENNA), who, "approve", agrees=True) == "step.four_eyes"
    story = drafted(by=FOR_FENNA)
    story.does(BRAM, "approve", APPROVER, agrees=True)
    row = next(row for row in story.run.done() if row.name == "draft")
    assert (row.done_by, row.done_for) == (JORIS.id, FENNA.id)


@pytest.mark.parametrize(("minutes", "is_fresh"), [(0, True), (5, True), (5.01, False), (600, False)])
def test_approving_and_sending_need_a_fresh_proof(minutes: float, is_fresh: bool):
    for story, step, who, values in (
        (drafted(), "approve", BRAM, {"agrees": True}),
        (approved(), "submit", JORIS, SENT | {"submitted_at": approved().now}),
    ):
        by = proven(who, story.now - timedelta(minutes=minutes))
        if is_fresh:
            story.does(by, step, OWNER, **values)
        else:
            assert refused(story, by, step, **values) == "step.prove_again"


def test_other_steps_need_no_fresh_proof():
    story = Story(AP_NOTIFICATION, a_breach())
    story.does(proven(FENNA, story.now - timedelta(hours=9)), "assess", **an_assessment())
    assert story.turn == "draft"


def test_a_machine_does_no_persons_step():
    assert refused(drafted(), SYSTEM, "approve", agrees=True) == "step.nobody"
