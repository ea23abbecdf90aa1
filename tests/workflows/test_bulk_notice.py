"""Communication to data subjects (Art. 34), told as stories."""

from typing import Any

import pytest

from tenants.errors import Refused
from tenants.identity.users import APPROVER, HANDLER, OWNER
from tests.factories import BRAM, FENNA, JORIS, NOTICE_TEXT, a_notice
from tests.workflows.story import Story
from workflows.engine.derive import next_step, standing
from workflows.law.gdpr import NOTICE_PARTS, PEOPLE_TARGET
from workflows.notice.bulk_notice import BULK_NOTICE


def a_story() -> Story:
    return Story(BULK_NOTICE, a_notice())


def written() -> Story:
    """The list and the text are there; a second person must look."""
    story = a_story()
    story.does(FENNA, "recipients", count=1500)
    story.does(FENNA, "text", **NOTICE_TEXT)
    return story


def refusal(story: Story, *args: Any, **values: Any) -> Refused:
    before = story.turn, story.done, story.subject.nature
    with pytest.raises(Refused) as refused:
        story.does(*args, **values)
    assert (story.turn, story.done, story.subject.nature) == before
    return refused.value


def test_a_notice_goes_from_its_list_to_everybody_accounted_for():
    story = written()
    story.does(BRAM, "approve", APPROVER, agrees=True)
    assert story.subject.approved_at is not None and story.turn == "release"
    story.does(JORIS, "release", HANDLER)
    story.machine_does("send")
    assert story.clock("tell-people").state == "met"
    assert story.turn == "follow" and story.run.state == "running"
    story.machine_does("follow")
    assert story.run.state == "done"
    assert story.done == ["recipients", "text", "approve", "release", "send", "follow"]


def test_its_clock_is_our_own_target_from_the_moment_that_it_was_begun():
    story = a_story()
    clock = story.clock("tell-people")
    assert clock.state == "running" and clock.alarm_at == story.subject.created_at + PEOPLE_TARGET


@pytest.mark.parametrize("part", NOTICE_PARTS)
@pytest.mark.parametrize("nothing", [None, "", "  \n "])
def test_a_notice_needs_each_of_its_four_parts(part: str, nothing: str | None):
    story = a_story()
    story.does(FENNA, "recipients", count=3)
    refused = refusal(story, FENNA, "text", **NOTICE_TEXT | {part: nothing})
    assert (refused.key, refused.field) == ("notice.part_missing", part)


@pytest.mark.parametrize("part", NOTICE_PARTS)
def test_what_lacks_one_of_them_is_not_approved(part: str):
    """However the part got lost after the text was written."""
    story = written()
    setattr(story.subject, part, " ")
    assert refusal(story, BRAM, "approve", APPROVER, agrees=True).key == "notice.part_missing"
    assert story.subject.approved_at is None


def test_a_notice_to_nobody_is_refused():
    assert refusal(a_story(), FENNA, "recipients", count=0).key == "notice.nobody"


def test_the_writer_of_the_text_may_not_approve_it():
    assert refusal(written(), FENNA, "approve", OWNER, agrees=True).key == "step.four_eyes"


def test_a_second_approval_is_refused():
    story = written()
    story.does(BRAM, "approve", APPROVER, agrees=True)
    assert refusal(story, BRAM, "approve", APPROVER, agrees=True).key == "step.already_done"


def test_returned_with_what_is_wrong_and_approved_later():
    story = written()
    assert refusal(story, BRAM, "approve", APPROVER, agrees=False).key == "field.reason_required"
    story.does(BRAM, "approve", APPROVER, agrees=False, reason="Te ambtelijk.")
    assert story.turn == "text" and story.subject.approved_at is None
    story.does(FENNA, "text", **NOTICE_TEXT | {"nature": "Wij zijn een schijf kwijt."})
    story.does(BRAM, "approve", APPROVER, agrees=True)
    assert story.turn == "release" and story.subject.nature == "Wij zijn een schijf kwijt."


def test_a_list_uploaded_again_asks_for_approval_again_and_leaves_the_text():
    story = written()
    story.does(FENNA, "recipients", count=1501)
    assert story.turn == "approve"
    assert [row.state for row in story.run.steps if row.name == "approve"] == ["cancelled", "waiting"]
    story.does(BRAM, "approve", APPROVER, agrees=True)
    assert story.turn == "release"


def test_a_list_undoes_an_approval_that_was_given_but_not_the_text():
    story = written()
    story.does(BRAM, "approve", APPROVER, agrees=True)
    story.subject.approved_at = None
    story.does(FENNA, "recipients", count=2)
    names = standing(BULK_NOTICE, story.run.done())
    following = next_step(BULK_NOTICE, story.subject, names)
    assert "text" in names and "approve" not in names
    assert following is not None and following.name == "approve"


@pytest.mark.parametrize(("step", "values"), [("recipients", {"count": 9}), ("text", NOTICE_TEXT)])
def test_what_was_approved_stands(step: str, values: dict[str, Any]):
    story = written()
    story.does(BRAM, "approve", APPROVER, agrees=True)
    assert refusal(story, FENNA, step, **values).key == "notice.already_approved"
