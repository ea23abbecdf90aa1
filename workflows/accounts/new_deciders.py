"""Tells all members of a person who decides now: at once, and after that at most once a day for each person.

A role that is changed back and forth is mailed in its last state, a day after the first mail, and not at all when that
state was mailed already. A person who may do more than was mailed today is mailed about at once: the others have a day
before it counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tenants.database import db
from tenants.identity.deputies import appointments_of
from tenants.identity.users import User, members_of, waiting_seats
from tenants.isolation import acting_organisation
from tenants.organisations.organisations import the_acting_organisation
from workflows.mail.gathering import said_lately, withdraw_waiting
from workflows.mail.links import overview_link
from workflows.mail.own_people import plan_to_people
from workflows.mail.words import local_moment, word
from workflows.roles import weighs

NEW, CHANGED = "new_role", "decider_changed"
BEFORE = "new_decider"
"""The text that an earlier release mailed of a new decider: one that waits for its day is still sent with it."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Part:
    """What somebody decides here: their role (None without a seat), and for which colleagues they stand in and may do
    more.

    `counts_from` is when the last of these parts counts; None for now.
    """

    role: str | None
    colleagues: tuple[tuple[UUID, str], ...]
    acts: frozenset[str]
    counts_from: datetime | None

    @property
    def state(self) -> str:
        """Return the part as a value to compare with what was mailed; without names, because it is kept unsealed."""
        return " ".join([self.role or "", *(str(who) for who, _ in self.colleagues)]).strip()

    def words(self, locale: str) -> str:
        """Return words for the role and the colleagues."""
        names = ", ".join(name for _, name in self.colleagues)
        also = word("part.stands_in", locale).format(names=names) if names else ""
        return (word(f"role.{self.role}", locale) if self.role else word("part.none", locale)) + also

    def does(self, locale: str) -> str:
        """Return words for what they may do, by the table of roles: approve, send, act alone, review."""
        sends = {"send"} if self.acts & {"submit", "release"} else set()
        acts = [act for act in ("approve", "send", "break_glass", "review_broken_glass") if act in self.acts | sends]
        return ", ".join(word(f"part.does.{act}", locale) for act in acts)

    def counts(self, locale: str) -> str:
        """Return words for whether they take part in decisions, and from when."""
        if not self.acts:
            return word("part.decides_nothing", locale)
        words = word("part.counts_from", locale)
        return words.format(does=self.does(locale), moment=_moment(self.counts_from, locale))


def tell_of_new_decider(user_id: UUID, counts_from: datetime | None) -> None:
    """Mail the members that somebody was given more to decide. A member with an impossible address is passed over.

    `counts_from` is when it counts, None for now. It is mailed at once, unless all were mailed today that the person
    may do as much.
    """
    _tell(user_id, True, counts_from)


def tell_of_changed_decider(user_id: UUID) -> None:
    """Mail the members how somebody decides now, a day after the last mail about that person.

    Nobody is mailed when the last mail was longer than a day ago.
    """
    _tell(user_id, False, None)


def _tell(user_id: UUID, is_new: bool, counts_from: datetime | None) -> None:
    part, lately = _part_of(user_id), said_lately(user_id, BEFORE, NEW, CHANGED)
    waited = withdraw_waiting(user_id, CHANGED)
    known = {act for said in lately for act in said.common.get("acts", "").split()}
    if lately and part.acts <= known:
        if part.state != lately[-1].common.get("state"):
            _mail(CHANGED, user_id, part, lambda locale: {}, lately[-1].at + A_DAY)
    elif is_new or waited:
        _mail(NEW, user_id, part, lambda locale: {"counts_from": _moment(counts_from, locale)}, None)


def _part_of(user_id: UUID) -> Part:
    members = {user.id: (user.name, role) for user, role in members_of(acting_organisation())}
    _, role = members.get(user_id, ("", None))
    own, seats = weighs(role) if role else frozenset[str](), waiting_seats(acting_organisation())
    standing_in = [
        appointment for appointment in (appointments_of(user_id) if role else [])
        if appointment.of_user in members and weighs(members[appointment.of_user][1]) - own
    ]  # fmt: skip
    acts = own.union(*(weighs(members[appointment.of_user][1]) for appointment in standing_in))
    moments = [seats.get(user_id) if own else None, *(appointment.counts_from for appointment in standing_in)]
    colleagues = sorted(
        {(appointment.of_user, members[appointment.of_user][0]) for appointment in standing_in},
        key=lambda appointment: str(appointment[0]),
    )
    return Part(role, tuple(colleagues), acts, max((moment for moment in moments if moment), default=None))


def _mail(
    text_key: str, user_id: UUID, part: Part, more: Callable[[str], dict[str, str]], at: datetime | None
) -> None:  # fmt: skip
    """Mail every other member. The next change reads the values in `common` that are not the text's own."""
    organisation, who = the_acting_organisation(), db.session.get_one(User, user_id).name
    kept = {"state": part.state, "acts": " ".join(sorted(part.acts))}
    common = {"organisation": organisation.name, "link": overview_link(), **kept}
    # Names are kept among the sealed values, never in the batch.
    of_part = _changed if text_key == CHANGED else _new
    readers = [
        (user, {"who": who} | of_part(part, user.locale))
        for user, _ in members_of(organisation.id) if user.id != user_id
    ]  # fmt: skip
    plan_to_people("security", text_key, user_id, readers, lambda locale: common | more(locale), at)


def _new(part: Part, locale: str) -> dict[str, str]:
    return {"role": part.words(locale), "does": part.does(locale)}


def _changed(part: Part, locale: str) -> dict[str, str]:
    return {"role": part.words(locale), "counts": part.counts(locale)}


def _moment(counts_from: datetime | None, locale: str) -> str:
    return local_moment(counts_from, locale) if counts_from else word("seat.at_once", locale)
