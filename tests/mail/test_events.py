"""Delivery events: any order, any number of times, and whatever else is posted."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tenants.database import db
from tenants.isolation import acting_for, acting_for_nobody
from workflows.mail.batches import Addressee, plan, sums
from workflows.mail.events import record
from workflows.mail.outbox import Outbox
from workflows.mail.rows import MailEvent, Recipient
from workflows.mail.sending import send_planned

COMMON = {
    "organisation": "Kantoor",
    "count": "1",
    "what": "beoordelen",
    "soonest": "maandag",
    "closed": "",
    "link": "https://x.nl/1",
}
ENDS = ("delivered", "bounce", "dropped")
STATE = {"bounce": "bounced"}
AT = 1_790_000_000


def sent(organisation: UUID, count: int) -> tuple[UUID, list[dict[str, str]]]:
    about, outbox = uuid4(), Outbox()
    with acting_for(organisation):
        plan(
            "reminder",
            "reminder_clock",
            COMMON,
            [(about, Addressee("L", f"l{n}@x.nl")) for n in range(count)],
        )
    send_planned(organisation, outbox)
    return about, [person.custom for person in outbox.mails[0].people]


def event(own: dict[str, str], kind: str, **more: Any) -> dict[str, Any]:
    return {**own, "event": kind, "sg_event_id": uuid4().hex, "timestamp": AT, **more}


def tell(events: list[Any]) -> list[UUID]:
    with acting_for_nobody():
        return record(events)


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[tuple[int, str, int]]]:
    """What happens to five readers, some of it told twice, in any order and in any number of posts."""
    facts = []
    for reader in range(5):
        path = ["processed"] * draw(st.integers(0, 1)) + ["deferred"] * draw(st.integers(0, 2))
        path += draw(st.lists(st.sampled_from(ENDS), max_size=1)) + ["spamreport"] * draw(st.integers(0, 1))
        facts += [(reader, kind, place) for place, kind in enumerate(path)]
    posted = draw(st.permutations(facts + draw(st.lists(st.sampled_from(facts), max_size=5) if facts else st.just([]))))
    cuts = sorted(draw(st.lists(st.integers(0, len(posted)), max_size=3)))
    return [posted[start:end] for start, end in zip([0, *cuts], [*cuts, len(posted)], strict=True)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(posts=deliveries())
def test_a_state_only_grows_in_whatever_order_events_come(
    organisation: UUID, posts: list[list[tuple[int, str, int]]]
) -> None:
    about, people = sent(organisation, 5)
    order = ("processed", "deferred", *ENDS)
    for post in posts:
        tell([event(people[r], kind, sg_event_id=f"{people[r]['m']}/{place}") for r, kind, place in post])
        with acting_for(organisation):
            assert sum(sums(about).values()) == 5
    facts = [fact for post in posts for fact in post]
    for reader, own in enumerate(people):
        seen = sorted((kind for r, kind, _ in facts if r == reader and kind in order), key=order.index)
        expected = STATE.get(seen[-1], seen[-1]) if seen else "accepted"
        with acting_for(organisation):
            assert db.session.scalar(select(Recipient.state).where(Recipient.id == UUID(own["m"]))) == expected
            kept = db.session.scalars(select(MailEvent).where(MailEvent.recipient_id == UUID(own["m"]))).all()
            assert len(kept) == len({fact for fact in facts if fact[0] == reader})


def test_of_two_deliveries_of_one_mail_the_first_counts(organisation: UUID) -> None:
    """Delivery makes somebody aware: a moment that counts is not moved by whoever says it again."""
    _, (own,) = sent(organisation, 1)
    for post in ((60, 0), (120, -60)):
        tell([event(own, "delivered", timestamp=AT + later) for later in post])
    with acting_for(organisation):
        assert db.session.scalars(select(Recipient.state_at)).all() == [datetime.fromtimestamp(AT, UTC)]


def test_the_first_end_of_a_mail_stays(organisation: UUID) -> None:
    _, (own,) = sent(organisation, 1)
    for kind in ("bounce", "dropped"):
        tell([event(own, kind)])
    with acting_for(organisation):
        assert db.session.scalars(select(Recipient.state)).all() == ["bounced"]


def test_events_wake_the_organisations_whose_mail_they_are_about(organisation: UUID, another: UUID) -> None:
    (_, mine), (_, theirs) = sent(organisation, 2), sent(another, 1)
    assert sorted(tell([event(own, "delivered") for own in (*mine, *theirs)])) == sorted([organisation, another])


def test_what_is_not_about_our_mail_is_left_alone(organisation: UUID) -> None:
    about, (own, *_) = sent(organisation, 1)
    foreign = {"n": str(uuid4()), "m": str(uuid4()), "b": str(uuid4())}
    junk: list[Any] = [
        *(None, 7, "x", [], {}, {"event": "delivered"}, event(foreign, "delivered"), event(own, "made_up")),
        *(event({"m": own["m"]}, "delivered"), event(own, ["delivered"])),  # type: ignore[arg-type]
        *(event({**own, "b": str(uuid4())}, "delivered"), event({**own, "m": "1; drop table"}, "delivered")),
        *(event(own, "delivered", m=value) for value in (5, None, [])),
        *(event(own, "delivered", sg_event_id=value) for value in ("x" * 101, "a\x00b", "", None, 7)),
        *(event(own, "delivered", timestamp=value) for value in ("yesterday", 1e300, None, float("nan"))),
    ]
    assert tell(junk) == []
    with acting_for(organisation):
        assert sums(about)["accepted"] == 1
    assert tell([*junk, event(own, "delivered")]) == [organisation]


@pytest.mark.parametrize("kind", ["open", "click"])
def test_reading_a_mail_is_not_followed(organisation: UUID, kind: str) -> None:
    _, (own,) = sent(organisation, 1)
    assert tell([event(own, kind, ip="192.0.2.1", useragent="x")]) == []


def test_reasons_are_kept_short_and_without_addresses(organisation: UUID) -> None:
    _, (own,) = sent(organisation, 1)
    tell([event(own, "bounce", reason="550 5.1.1 <jan@geheim.nl>: no\x00 \ud800 such user " + "x" * 9000)])
    with acting_for(organisation):
        kept = db.session.scalars(select(Recipient.reason).where(Recipient.id == UUID(own["m"]))).one()
        at = db.session.scalars(select(MailEvent.at)).one()
    assert kept is not None and kept.startswith("550 5.1.1 <[address]>: no") and len(kept) <= 300
    assert at == datetime.fromtimestamp(AT, UTC)
