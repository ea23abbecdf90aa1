"""A form as it was typed: it keeps everything that was typed, and shows each fault at its field."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict

from service.admission.admission import admission
from service.admission.sent_forms import OF_ONE_PAGE
from service.http.errors import status_of
from service.http.faults import Fault, faults_in, refusal_in
from service.typed.document import leave_out_excess, rows_typed, typed_document
from service.typed.moments import day_shown_of, shown_of, words_of
from service.web.changed_since import changed_since
from service.words.printed import Typed
from service.words.texts import locale
from service.words.whole_numbers import MOST_IN_A_COLUMN, whole_of
from tenants.database import db
from tenants.errors import AlreadyDone, Invalid, ManyInvalid, NotAllowed, NotFound, OutOfDate, Refused, VersionMissing
from tenants.history.entries import History
from workflows.engine.steps import FACTOR_TOO_NEW, PROVE_AGAIN, SEAT_WAITS
from workflows.law.order_of_moments import ASKED

if TYPE_CHECKING:
    from service.web.drafts import DraftOnPage
    from service.web.merging import Beside

Done = TypeVar("Done")
FOR_A_PAGE_OF_THEIR_OWN = (AlreadyDone, NotAllowed, NotFound)
NOT_TYPED = frozenset({"csrf_token", "version", "seen", "adds", "agrees", "began", "pick", *OF_ONE_PAGE})
CHOSEN = ("choice.", "beside.")
"""How the fields begin with which somebody chose between two answers (service/web/merging.py)."""
MOST_OF_A_LIST, MOST_OF_A_FORM = 50, 200
"""How many faults of one list, and of all fields, a form shows. Somebody who mends those sees the next."""
WAS = "was"
"""The column of a row, which nobody types, with the number that its page gave it (service/web/merged_contacts.py)."""
ROW = re.compile(r"\.\d+(\..*)?$")
"""The part of a field's name that says which row of a list it is in."""
MOST_ROWS_ON_A_PAGE = 100
"""How many rows of a list a page shows that does not name another number: more than any list that people type has."""
AT_THE_FORM = (PROVE_AGAIN, FACTOR_TOO_NEW, SEAT_WAITS)
"""Refusals of an act that needs another act first. What was typed waits for the user."""


class Form:
    """What somebody typed, or the values that a new form begins with; and the faults in it."""

    def __init__(self, typed: MultiDict[str, str], is_posted: bool = False) -> None:
        self.typed = typed
        self.is_posted = is_posted
        self.faults: list[Fault] = []
        self.by_list: Counter[str] = Counter()
        self.faults_left = 0
        """How many faults this form does not show, because there are more than MOST_OF_A_LIST or MOST_OF_A_FORM."""
        self.changed: list[History] = []
        self.status = 200
        self.address = ""
        self.is_shown = False
        self.lacks_key = False
        """Whether nobody can know that it was not sent before, because it carries no key of its sender."""
        self.began = ""
        """The digest of each answer that its page began with (service/web/merging.py); blank: its version decides."""
        self.beside: list[Beside] = []
        """The answers that somebody else changed too, for its sender to choose."""
        self.own_draft: DraftOnPage | None = None
        """The draft that its page continues; None for a form that has none."""

    @classmethod
    def posted(cls, rows: str = "", by: str = "") -> "Form":
        """Return the form of this request, without blank rows of `rows`.

        `by`: the column of the rows that says where in their order a row stands. A row with nothing else is blank.
        """
        typed = MultiDict(request.form)
        if rows:
            typed = close_ranks(typed, rows, by)
        form = cls(typed, is_posted=True)
        form.address = request.path
        if admission().lacks_key:
            form.lacks_key = True
            form.refuse(Invalid("form.no_key"))
        return form

    @classmethod
    def beginning_with(cls, values: dict[str, Any]) -> "Form":
        """Return a form that nobody has typed in. A value that is None becomes blank."""
        listed = {name: value if isinstance(value, list | tuple) else [value] for name, value in values.items()}
        return cls(MultiDict((name, str(item)) for name, many in listed.items() for item in many if item is not None))

    def at(self, address: str, beginning: dict[str, Any] | None = None) -> "Form":
        """Return the form that is sent to this address, on a page with several forms.

        Each form shows only its own refusal.

        `beginning`: the values of this form when another form of the page was sent.
        """
        if not self.is_posted:
            return self
        if self.address != address.partition("?")[0]:
            return Form.beginning_with(beginning or {})
        self.is_shown = True
        return self

    def value(self, name: str) -> str:
        """Return the value of a field as text."""
        return Typed(self.typed.get(name, ""))

    def moment(self, name: str) -> tuple[str, str]:
        """Return what stands in the two fields of a moment: its day and its time."""
        day, clock = shown_of(self.typed, name, locale())
        return Typed(day), Typed(clock)

    def day(self, name: str) -> str:
        """Return what stands in the field of a day: as it was typed, else the known day in the order of the page."""
        typed = self.typed.get(name, "")
        return Typed(typed if self.is_posted else day_shown_of(typed, locale()))

    def understood(self, name: str, is_day: bool = False) -> str:
        """Return in words which day or moment these fields mean; blank when they cannot be read."""
        return words_of(self.typed, name, is_day)

    def version_seen(self, name: str = "version") -> int:
        """Return the version that the page showed.

        Raises VersionMissing when the form has none, and OutOfDate when it is no number.
        """
        if not self.value(name).strip():
            raise VersionMissing()
        version = whole_of(self.value(name), MOST_IN_A_COLUMN)
        if version is None:
            raise OutOfDate()
        return version

    def carried(self, newest: int) -> int | str:
        """Return the version for the form when it is shown again: the newest one when the page shows what changed.

        With any other fault it stays the version that was looked at, so changes since then are shown at the next try.
        So it does for a form that was sent for a look and that does not say what its page began with.
        """
        keeps = (self.faults or not self.began) and not self.is_out_of_date and self.value("version").strip()
        return self.value("version") if keeps else newest

    @property
    def is_out_of_date(self) -> bool:
        """Return whether somebody else changed the subject of this form meanwhile."""
        return any(fault["key"] == OutOfDate.key for fault in self.faults)

    def kept(self) -> list[tuple[str, str]]:
        """Return what was typed, by field, to read and copy when the form itself is not shown any more."""
        fields_typed = self.typed.items(multi=True)
        return [(name, value) for name, value in fields_typed if value.strip() and is_typed(name)]

    def has(self, name: str, value: object) -> bool:
        """Return whether this choice is ticked."""
        return str(value) in self.typed.getlist(name)

    def asks_about_moments(self) -> bool:
        """Return whether a moment is unusual, so that somebody must confirm it, or has confirmed it before."""
        return self.has("moments_confirmed", "true") or any(fault["key"] in ASKED for fault in self.faults)

    def asks_for_proof(self) -> bool:
        """Return whether the act was refused because it needs a second factor of that moment."""
        return any(fault["key"] == PROVE_AGAIN for fault in self.faults)

    def faults_at(self, name: str) -> list[Fault]:
        """Return the faults of this field, or of the lines in it."""
        return [fault for fault in self.faults if fault["field"] == name]

    def is_wrong_within(self, names: str) -> bool:
        """Return whether a field whose name begins with `names` has a fault."""
        return any(fault["field"].startswith(names) for fault in self.faults)

    def rows(self, name: str, least: int, most: int = MOST_ROWS_ON_A_PAGE) -> range:
        """Return the numbers of the rows to show: those that were typed, `most` at most, and some blank ones."""
        return range(max(least, min(most, rows_typed(self.typed, name))))

    def refuse(self, error: Exception, of: str = "") -> None:
        """Show this fault at its field; `of` as in `showing_refusals`."""
        self.status = status_of(refusal_in(error))
        for fault in faults_in(error):
            fault["field"] = _within(fault["field"], of)
            of_list = ROW.sub("", fault["field"])
            self.by_list[of_list] += 1
            if self.by_list[of_list] <= MOST_OF_A_LIST and len(self.faults) < MOST_OF_A_FORM:
                self.faults.append(fault)
            else:
                self.faults_left += 1

    def load(self, schema: Schema, **more: Any) -> Any:
        """Return what the schema makes of the form, read and checked; None when there are faults."""
        values = self.attempt(lambda: self._read(schema, more))
        return None if self.lacks_key else values

    def _read(self, schema: Schema, more: dict[str, Any]) -> Any:
        if excess := leave_out_excess(schema, self.typed):
            raise ManyInvalid(excess)
        return schema.load(typed_document(schema, self.typed) | more)

    def attempt(self, verb: Callable[[], Done], of: str = "") -> Done | None:
        """Return what `verb` returns; None when it is refused, which is shown as in `showing_refusals`."""
        done: Done | None = None
        with self.showing_refusals(of):
            done = verb()
        return done

    @contextmanager
    def showing_refusals(self, of: str = "") -> Iterator[None]:
        """Open a savepoint for the statements of the block. A refusal undoes them and is shown at its field.

        Some refusals are raised and get a page of their own.

        `of`: the row, such as "clients.0.", that this form stands for in a list that the block takes.
        """
        try:
            with db.session.begin_nested():
                yield
        except (Refused, ValidationError, ValueError) as error:
            if not _belongs_at_the_form(error):
                raise
            self.refuse(error, of)
            if isinstance(error, OutOfDate):
                self.changed = changed_since(whole_of(self.value("version"), MOST_IN_A_COLUMN))


def is_typed(name: str) -> bool:
    """Return whether a person fills in a field of this name: it is none of those by which a page carries its state."""
    return name not in NOT_TYPED and not name.startswith(CHOSEN)


def _within(field: str, row: str) -> str:
    """Return the field's name in the form of that row. A fault of the whole list is shown above the form."""
    return "" if row.startswith(f"{field}.") else field.removeprefix(row)


def _belongs_at_the_form(error: Exception) -> bool:
    if isinstance(error, FOR_A_PAGE_OF_THEIR_OWN):
        return error.key in AT_THE_FORM
    return isinstance(error, ValidationError) or hasattr(error, "key")


def close_ranks(typed: MultiDict[str, str], name: str, by: str) -> MultiDict[str, str]:
    """Number the rows without gaps, so that a fault at the third row is shown at the third row. `by`: as in `posted`.
    """
    rows: dict[str, dict[str, str]] = {}
    kept = MultiDict(pair for pair in typed.items(multi=True) if not pair[0].startswith(f"{name}."))
    for key in typed:
        if key.startswith(f"{name}.") and typed[key].strip():
            number, _, column = key.removeprefix(f"{name}.").partition(".")
            rows.setdefault(number, {})[column] = typed[key]
    in_order = [row for row in rows.values() if row.keys() - {by, WAS}]
    if by:
        in_order.sort(key=lambda row: whole_of(row.get(by, ""), MOST_IN_A_COLUMN) or MOST_IN_A_COLUMN)
    for place, row in enumerate(in_order):
        for column, value in row.items():
            kept[f"{name}.{place}.{column}"] = value
    return kept
