"""By what two accounts look like one person."""

from uuid import UUID

import pytest

from tenants.identity.marks import Marks
from workflows.engine.likeness import alike, alike_steps, mailbox


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("mal2+a@evil.example", "Mal2+h@Evil.example", True),
        ("j.mulder@gmail.com", "jmulder+werk@googlemail.com", True),
        ("j.mulder@delinde.example", "jmulder@delinde.example", False),
        ("joris@delinde.example", "joris@elders.example", False),
        ("+@a.example", "+@a.example", True),
        ("+a@a.example", "+b@a.example", False),
    ],
)
def test_two_spellings_of_one_mailbox_are_recognised(one: str, other: str, same: bool) -> None:
    assert (mailbox(one) == mailbox(other)) == same


@pytest.mark.parametrize("mark", ["apps", "passkeys", "browsers"])
def test_one_app_passkey_or_browser(mark: str) -> None:
    shared = {mark: frozenset({b"x"})}
    assert alike(Marks("a@a.example", **shared), Marks("b@b.example", **shared)) == [mark.removesuffix("s")]
    assert alike(Marks("a@a.example", **shared), Marks("b@b.example")) == []


def test_each_earlier_step_is_named_once_and_ones_own_never() -> None:
    me, twin, other = UUID(int=1), UUID(int=2), UUID(int=3)
    marks = {me: Marks("m@x.example"), twin: Marks("m+2@x.example"), other: Marks("o@x.example")}
    earlier = [("assess", me), ("draft", twin), ("draft", twin), ("text", other)]
    assert alike_steps([me], earlier, marks) == [{"step": "draft", "why": ["mailbox"]}]
