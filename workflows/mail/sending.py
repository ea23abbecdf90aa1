"""Sends planned mail: claims it and commits, makes one request outside any transaction, then writes down the answer.

SendGrid has no idempotency key, so a machine never sends a batch again whose outcome nobody knows.
"""

import logging
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text as sql

from tenants.database import db
from tenants.errors import Invalid, KeyDestroyed
from tenants.isolation import acting_for
from tenants.lines import one_line
from tenants.sealing import seal_of_acting_organisation
from workflows.mail.answers import write_answer
from workflows.mail.gathering import TO_MEMBERS, leave_out_who_left
from workflows.mail.register_end import END
from workflows.mail.sender import Answer, Mail, MailSender, Person, Rejected, Stopped, TryAgain
from workflows.mail.set_aside import set_aside
from workflows.mail.shared_addresses import greeted
from workflows.mail.texts import ADDED_LINES, as_test, render, text, with_name
from workflows.mail.words import operator_words

OF_LATER_TEXTS = ("why_you", "aware_at", "cause", "data", "groups", "asked_by", "closed")
"""Placeholders that texts of before did not have: a line without values is left out."""
OF_ONE_READER = frozenset({"your_turn", "your_turns"})
"""Texts that go to one reader in a batch. The reader's sealed values fill them as common ones would: in lists, and with
lines left out that have no value."""
log = logging.getLogger(__name__)
CLAIM = sql("""
with next as materialized (
  select id from mail_batch
   where organisation_id = :organisation and state = 'planned' and not_before <= now()
   order by not_before, id limit 1 for update skip locked)
update mail_batch b set state = 'sending', token = :token, lease_until = now() + interval '60 seconds',
                        attempt = b.attempt + 1
  from next where b.organisation_id = :organisation and b.id = next.id
returning b.id, b.purpose, b.text_key, b.locale, b.common,
          (select web_domains from organisation o where o.id = b.organisation_id) as domains,
          exists (select from organisation o where o.id = b.organisation_id and o.is_test)
          or exists (select from escalation e
                       join incident i on i.organisation_id = e.processor_id and i.id = e.incident_id and i.is_test
                      where e.processor_id = b.organisation_id and e.id = b.about_id)
          or coalesce(b.about_id = (select my_test_register()), false) as is_test
""")
# Only readers who still wait: an event may have shown that a mail arrived, and an invitation may be withdrawn. Whoever
# shares an address has the same state as the one who is mailed there.
READERS = sql("""
select id, about_id, sealed, mailed_with from recipient r
 where organisation_id = :organisation and batch_id = :batch and state = 'planned'
   and not exists (select from invitation i where i.id = r.about_id and i.organisation_id = r.organisation_id
                      and i.withdrawn_at is not null)
 order by id
""")


@dataclass(frozen=True)
class Reader:
    """One recipient who is mailed, unsealed for the time of the sending; `others`: who is greeted at that address too.
    """

    id: UUID
    about_id: UUID
    name: str
    address: str
    values: dict[str, str]
    others: tuple[str, ...] = ()

    @property
    def shown_name(self) -> str:
        """The name beside the address; none where several people share it, because it is nobody's alone."""
        return "" if self.others else one_line(self.name)

    def filled(self, locale: str) -> dict[str, str]:
        """The values for this reader alone, with the form of address."""
        return with_name(greeted((self.name, *self.others), locale), self.values, locale)


@dataclass(frozen=True)
class Claimed:
    """A batch that is leased to this worker as long as its row has this token."""

    organisation: UUID
    id: UUID
    token: UUID
    purpose: str
    text_key: str
    locale: str
    common: dict[str, str]
    readers: tuple[Reader, ...]
    domains: tuple[str, ...] = ()
    is_test: bool = False


def send_planned(organisation: UUID, sender: MailSender, most: int = 10) -> int:
    """Send planned mail that is due, at most so many batches; returns how many were handled. Not inside acting_for."""
    for handled in range(most):
        claimed = _claim(organisation)
        if claimed is None:
            return handled
        begun = time.perf_counter()
        answer = _send(claimed, sender)
        with acting_for(organisation):
            write_answer(organisation, claimed.id, claimed.token, answer)
        _tell(claimed, answer, time.perf_counter() - begun)
        if isinstance(answer, TryAgain | Stopped):
            return handled + 1
    return most


def _tell(claimed: Claimed, answer: Answer, seconds: float) -> None:
    people = sum(1 + len(reader.others) for reader in claimed.readers)
    log.info("batch sent", extra={
        "organisation_id": claimed.organisation, "batch_id": claimed.id, "purpose": claimed.purpose,
        "people": people, "answer": type(answer).__name__, "seconds": round(seconds, 4),
    })  # fmt: skip


def _claim(organisation: UUID) -> Claimed | None:
    token = uuid4()
    with acting_for(organisation):
        batch = db.session.execute(CLAIM, {"organisation": organisation, "token": token}).mappings().first()
        if batch is None:
            return None
        try:
            readers = _readers(organisation, batch["id"], batch["purpose"], batch["text_key"])
        except KeyDestroyed as fault:
            write_answer(organisation, batch["id"], token, Stopped(0, fault.key))
            return None
        return Claimed(organisation=organisation, token=token, readers=readers, **batch)


def _readers(organisation: UUID, batch: UUID, purpose: str, text_key: str) -> tuple[Reader, ...]:
    seal = seal_of_acting_organisation()
    rows = db.session.execute(READERS, {"organisation": organisation, "batch": batch})
    readers = _together([(row, seal.open(bytes(row.sealed))) for row in rows])
    gone = set[UUID]()
    if text_key in TO_MEMBERS:
        gone = leave_out_who_left([(reader.id, reader.address) for reader in readers])
    elif purpose == "escalation":
        gone = set_aside([(reader.id, reader.about_id, reader.address) for reader in readers])
    return tuple(reader for reader in readers if reader.id not in gone)


def _together(rows: list[tuple[Any, dict[str, Any]]]) -> tuple[Reader, ...]:
    """Return one reader for each address; who shares it is named with the one who is mailed."""
    others: dict[UUID, list[str]] = {}
    for row, who in rows:
        if row.mailed_with:
            others.setdefault(row.mailed_with, []).append(who["name"])
    return tuple(
        Reader(row.id, row.about_id, **who, others=tuple(others.get(row.id, ())))
        for row, who in rows if not row.mailed_with
    )  # fmt: skip


def _send(claimed: Claimed, sender: MailSender) -> Answer:
    if not claimed.readers:
        return Rejected(0, "nobody is left to mail")
    try:
        mail = write_mail(claimed)
    except (Invalid, ValueError, OSError) as fault:
        return Stopped(0, f"the mail cannot be written: {fault} {getattr(fault, 'field', '')}".strip())
    return sender.send(mail)


def write_mail(claimed: Claimed) -> Mail:
    """Return the batch's text for its readers. Raises Invalid, ValueError or OSError when it cannot be written."""
    own = {"name"}.union(*(reader.values for reader in claimed.readers))
    # A mail may be planned before texts had those lines; its reader needs the contact of the present operator.
    blank = dict.fromkeys((END, *OF_LATER_TEXTS, *ADDED_LINES), "")
    common = blank | {"operator": operator_words(claimed.locale)} | claimed.common
    if claimed.text_key in OF_ONE_READER:
        common, own = common | claimed.readers[0].values, {"name"}
    what = text(claimed.text_key, claimed.locale)
    what = as_test(what, claimed.locale) if claimed.is_test else what
    letter = render(what, common, own, claimed.locale, claimed.domains)
    batch = str(claimed.id)
    people = tuple(
        Person(
            reader.address,
            reader.shown_name,
            letter.substitutions({**claimed.common, **reader.filled(claimed.locale)}),
            {"n": str(reader.about_id), "m": str(reader.id), "b": batch},
        )
        for reader in claimed.readers
    )
    return Mail(
        claimed.purpose, letter.subject, letter.text, letter.html, people, claimed.common.get("reply_to"),
        claimed.common.get("on_behalf_of"),
    )  # fmt: skip
