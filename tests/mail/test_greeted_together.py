"""People at one address on the real parts: one mail greets them all, and each of them fares as that mail does."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from service.reading.reader import reading_of
from tenants.database import db
from tenants.history.entries import SYSTEM
from tenants.isolation import acting_for, acting_for_nobody
from tenants.keys import resealing
from tenants.keys.renewing import _begin, renew_key
from tenants.sealing import seal_of_acting_organisation
from tests.mail.servers import KEY, Receiver, Sandbox, poll
from tests.mail.telling import event, let_the_lease_lapse, tell
from workflows.mail.batches import MOST, Addressee, clear_recipients, plan_notice, sums
from workflows.mail.decisions import give_up, questions, resend
from workflows.mail.events import record
from workflows.mail.listing import add_recipients
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Answer, Mail, Rejected, Stopped, Unknown
from workflows.mail.sendgrid import SendGridSender
from workflows.mail.sending import send_planned
from workflows.mail.unmailed import Unmailed

FAMILIES = Path(__file__).parents[1] / "reading/files/04-gezinnen-en-wie-geen-mail-heeft.csv"
NOTICE = {name: f"[{name}]" for name in ("subject", "nature", "contact", "consequences", "measures", "organisation")}
NOTICE |= {"check_code": "ABCD", "check_url": "https://x.nl/echt"}
HOME, AWAY = "thuis@x.nl", "elders@x.nl"
FAMILY = [*(Addressee(name, HOME) for name in ("Jet", "Tom", "Nel")), *(Addressee(name, AWAY) for name in ("Bo", "Al"))]
ALONE = [Addressee(f"Lezer {n}", f"lezer{n}@x.nl") for n in range(5)]


def people_of(file: Path) -> list[Addressee | Unmailed]:
    """The people of a file, as the reader of files gives them."""
    items = [dict(item.values) for item in reading_of(file.read_bytes(), "recipients").items()]
    return [Addressee(i["name"], i["address"]) if i["address"] else Unmailed(i["name"]) for i in items]


def planned(organisation: UUID, people: list[Addressee]) -> UUID:
    notice = uuid4()
    with acting_for(organisation):
        assert add_recipients(notice, people) == len(people) == plan_notice(notice, "notice", NOTICE, "nl")
    return notice


def everybody(organisation: UUID, notice: UUID) -> list[tuple[str, str]]:
    """Each person of the list by name, with their state: that of who is mailed there, in the same batch."""
    with acting_for(organisation):
        seal = seal_of_acting_organisation()
        rows = db.session.execute(text("""
            select r.sealed, r.state, (m.state, m.state_at, m.reason, m.batch_id) is not distinct from
                   (r.state, r.state_at, r.reason, r.batch_id) as follows
              from recipient r join recipient m on m.organisation_id = r.organisation_id
                   and m.id = coalesce(r.mailed_with, r.id)
             where r.organisation_id = :o and r.about_id = :n order by r.id"""), {"o": organisation, "n": notice}).all()
        assert all(row.follows for row in rows)
        return [(seal.open(bytes(row.sealed))["name"], row.state) for row in rows]


def greeting(body: str) -> str:
    said: list[str] = re.findall("Beste (.*),\n", body)
    return said[0]


def greetings(mails: list[Mail]) -> list[tuple[str, str]]:
    """How the mail to each address greets, by address."""
    return sorted((person.address, greeting(mail.as_read_by(person)[1])) for mail in mails for person in mail.people)


def test_a_file_of_families_through_sendgrid(organisation: UUID, sandbox: Sandbox, receiver: Receiver) -> None:
    """Six people by mail at three addresses, four in another way; a shared address that fails, fails for each."""
    notice = uuid4()
    with acting_for(organisation):
        people = [*people_of(FAMILIES), *(Addressee(name, "bounce-1@x.nl") for name in ("Kim", "Max"))]
        assert add_recipients(notice, people) == 12
        assert plan_notice(notice, "notice", NOTICE, "nl") == 8
        assert {state: n for state, n in sums(notice).items() if n} == {"planned": 8, "no_address": 4}
    assert send_planned(organisation, SendGridSender(KEY, sandbox.url, "meldketen@example.nl", "Meldketen")) == 1
    read = sandbox.ask("GET", "/sandbox/messages")
    assert {mail["to"]: greeting(mail["text"]) for mail in read} == {
        "ouders.kooi@waterlelie.example": "Björn van der Kooi, Merel van der Kooi en Sil van der Kooi",
        "receptie@zorghuis.example": "Femke Rood en Gerrit Blauw", "lois@waterlelie.example": "Loïs D'Haese",
        "bounce-1@x.nl": "Kim en Max",
    }  # fmt: skip

    def over() -> bool:
        with acting_for_nobody():
            record(receiver.events)
        with acting_for(organisation):
            return not any(sums(notice)[state] for state in ("planned", "accepted", "processed"))

    poll(over)
    states = everybody(organisation, notice)
    assert Counter(state for _, state in states) == {"delivered": 6, "no_address": 4, "bounced": 2}
    assert {("Kim", "bounced"), ("Max", "bounced"), ("Truus Baas", "no_address")} < set(states)
    log = sandbox.ask("GET", "/sandbox/log")
    assert (log["messages"], log["addresses_twice"]) == (4, 0)


def test_the_name_beside_a_shared_address_is_nobodys(organisation: UUID) -> None:
    planned(organisation, [*FAMILY, ALONE[0]])
    outbox = Outbox()
    assert send_planned(organisation, outbox) == 1
    assert {person.address: person.name for person in outbox.mails[0].people} == {
        HOME: "", AWAY: "", "lezer0@x.nl": "Lezer 0"
    }  # fmt: skip


class Picky(Outbox):
    """Refuses every request that has the address of the family."""

    def send(self, mail: Mail) -> Answer:
        """Refuse the mail, or keep it."""
        if any(person.address == HOME for person in mail.people):
            return Rejected(400, "no such host")
        return super().send(mail)


def answered(organisation: UUID, *answers: Answer) -> Outbox:
    """The outbox of a worker that got these answers."""
    outbox = Outbox()
    outbox.answer_next(*answers)
    send_planned(organisation, outbox)
    return outbox


def refused(organisation: UUID) -> None:
    send_planned(organisation, Picky(), most=50)


def lapsed(organisation: UUID) -> None:
    """The worker dies while it sends."""

    class Killed(Outbox):
        def send(self, mail: Mail) -> Answer:
            raise SystemExit

    with pytest.raises(SystemExit):
        send_planned(organisation, Killed())
    let_the_lease_lapse(organisation)


def given_up(organisation: UUID) -> None:
    answered(organisation, Stopped(403, "no"))
    with acting_for(organisation):
        [question] = questions()
        assert (question.people, give_up(question.id)) == (10, 10)


def sent_again(organisation: UUID) -> None:
    """All of them get one mail; what comes of the first one counts for the family too."""
    first = answered(organisation, Unknown("TimeoutError"))
    with acting_for(organisation):
        [question] = questions()
        assert resend(question.id) == 10
    second = answered(organisation)
    assert greetings(first.mails) == greetings(second.mails)
    tell(event(second.mails[0], 0, "delivered"))


def settled_by_events(organisation: UUID) -> None:
    """The events come in another order than they happened, and one proves that an unknown batch was sent."""
    mail = answered(organisation, Unknown("TimeoutError")).mails[0]
    places = [place for place, person in enumerate(mail.people) if person.address in (HOME, AWAY)]
    tell(event(mail, places[0], "bounce"), event(mail, places[0], "processed"), event(mail, places[1], "deferred"))
    tell(event(mail, places[1], "delivered"), event(mail, places[0], "delivered"), event(mail, places[1], "processed"))


@pytest.mark.parametrize(
    ("happens", "home", "away", "others"),
    [
        (answered, "accepted", "accepted", "accepted"),
        (lambda office: answered(office, Unknown("x")), "unknown", "unknown", "unknown"),
        (lambda office: answered(office, Stopped(401, "x")), "planned", "planned", "planned"),
        (refused, "rejected", "accepted", "accepted"),
        (lapsed, "unknown", "unknown", "unknown"),
        (given_up, "rejected", "rejected", "rejected"),
        (sent_again, "delivered", "accepted", "accepted"),
        (settled_by_events, "bounced", "delivered", "accepted"),
    ],
)
def test_each_person_at_an_address_fares_as_its_mail_does(
    organisation: UUID, happens: Callable[[UUID], object], home: str, away: str, others: str
) -> None:
    notice = planned(organisation, [*FAMILY, *ALONE])
    happens(organisation)
    states = dict(everybody(organisation, notice))
    assert [states[name] for name in ("Jet", "Tom", "Nel", "Bo", "Al")] == [home] * 3 + [away] * 2
    assert {state for name, state in states.items() if name.startswith("Lezer")} == {others}
    with acting_for(organisation):
        assert sum(sums(notice).values()) == 10


def test_people_of_one_address_stand_in_one_batch_however_long_the_list_is(organisation: UUID) -> None:
    """A batch has at most 500 addresses. The family's members stand at both ends of a long list."""
    many = [Addressee(f"Lezer {n}", f"lezer{n}@x.nl") for n in range(MOST * 2)]
    notice = planned(organisation, [FAMILY[0], *many, *FAMILY[1:]])
    outbox = Outbox()
    assert send_planned(organisation, outbox) == 3
    assert sorted(len(mail.people) for mail in outbox.mails) == [2, MOST, MOST]
    assert dict(greetings(outbox.mails))[HOME] == "Jet, Tom en Nel"
    assert Counter(state for _, state in everybody(organisation, notice)) == {"accepted": 2 * MOST + 5}


def test_whom_the_mail_of_a_full_mailbox_does_not_name_is_told_in_another_way(organisation: UUID) -> None:
    notice, people = uuid4(), [Addressee(f"Bewoner {n} van der Velden", HOME) for n in range(1, 301)]
    with acting_for(organisation):
        assert add_recipients(notice, people) == 300 and add_recipients(notice, people) == 0
        plan_notice(notice, "notice", NOTICE, "nl")
    [(_, said)] = greetings(answered(organisation).mails)
    named = {name for name, state in everybody(organisation, notice) if state == "accepted"}
    assert set(re.split(", | en ", said)) == named and 100 < len(named) < 300
    with acting_for(organisation):
        assert sums(notice)["no_address"] == 300 - len(named)


def add(organisation: UUID, notice: UUID, *people: Addressee | Unmailed) -> int:
    with acting_for(organisation):
        return add_recipients(notice, people)


@pytest.mark.parametrize("key", ["one", "half renewed", "renewed"])
def test_who_is_added_to_a_list_joins_who_is_there_and_stands_there_once(organisation: UUID, key: str) -> None:
    """Also while the organisation's key is renewed, when some on the list are found by the earlier key alone."""
    notice, late = uuid4(), Addressee("An", HOME.upper())
    assert add(organisation, notice, *FAMILY) == 5
    if key == "half renewed":
        with acting_for(organisation):
            _begin()
        with acting_for(organisation):
            resealing._some_recipients(resealing.FIRST, 2)  # and then the machine stopped
    elif key == "renewed":
        assert renew_key(organisation, SYSTEM).recipients == 5
    known = [Addressee("jet", HOME), Addressee("TOM", HOME), FAMILY[3], Addressee("", HOME)]
    assert add(organisation, notice, *known) == 0
    assert add(organisation, notice, late, *FAMILY, Addressee("Cas", "cas@x.nl")) == 2
    if key == "half renewed":
        assert renew_key(organisation, SYSTEM).recipients == 3
    with acting_for(organisation):
        assert plan_notice(notice, "notice", NOTICE, "nl") == 7
    said = dict(greetings(answered(organisation).mails))
    assert said == {HOME: "Jet, Tom, Nel en An", AWAY: "Bo en Al", "cas@x.nl": "Cas"}
    assert add(organisation, notice, Addressee("Te laat", HOME)) == 1, "the mail was approved without this name"
    assert everybody(organisation, notice)[-1] == ("Te laat", "no_address")


def test_a_list_with_shared_addresses_is_replaced_whole(organisation: UUID) -> None:
    notice = uuid4()
    assert add(organisation, notice, *FAMILY) == 5
    with acting_for(organisation):
        assert clear_recipients(notice) == 5
    assert add(organisation, notice, *FAMILY[1:]) == 4
    assert len(everybody(organisation, notice)) == 4
