"""The settings of an organisation as questions, for two people who change them at once."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from service.typed.document import rows_typed
from service.typed.merging import Answer, answer_in
from service.typed.moments import day_of
from service.web.entry_details import KINDS
from service.web.layout import field_name, label
from service.web.merging import Question, Values
from service.words.moments import day_in_words
from service.words.texts import t
from tenants.history.entries import History
from tenants.organisations.settings import ADDRESSES, COLUMNS, FG

TOGETHER: Mapping[str, tuple[str, ...]] = MappingProxyType({**ADDRESSES, "fg": ("fg", *FG)})
"""What is one answer in several fields."""
WITHIN = frozenset({"without_fg", *(name for names in TOGETHER.values() for name in names)})
FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {**{name: (name,) for name in COLUMNS if name not in WITHIN}, **TOGETHER}
)
"""The fields of each question of the page. A new column is a question of its own."""
LABELS = {"visiting": "settings.address.visiting", "postal": "settings.address.postal", "fg": "settings.fg.title"}
KIND_OF = {**KINDS, "closed_weekdays": "weekday", "fg": "fg_state"}


def questions_of_settings(fixed: Collection[str] = ()) -> list[Question]:
    """Return each setting but those that are `fixed` for the reader, and an address and the data protection officer
    each as one."""
    return [
        Question(name, t(LABELS[name]) if name in LABELS else field_name(name), _answer_of(name), _holder_of(name),
                 _words_of(name)) for name in FIELDS if name not in fixed
    ]  # fmt: skip


def fields_changed(questions: Iterable[Question], form: Values, now: Values) -> set[str]:
    """Return the fields of each of these questions that the form answers otherwise than what is stored now."""
    changed = [question.name for question in questions if question.answer(form) != question.answer(now)]
    return {field for name in changed for field in FIELDS[name]}


def entry_of_setting(history: Callable[[], list[History]]) -> Callable[[str], History | None]:
    """Return what finds the newest entry that changed a question's answer.

    `history` returns the entries, with the oldest first. It is called once, when an entry is asked for.
    """
    read = cache(history)

    def newest(name: str) -> History | None:
        columns = {*FIELDS[name], *(["without_fg"] if name == "fg" else [])}
        return next((entry for entry in reversed(read()) if columns & set(entry.details.get("fields", ()))), None)
    return newest


def _answer_of(name: str) -> Callable[[Values], Answer]:
    return _periods if name == "closed_periods" else lambda values: answer_in(values, FIELDS[name])


def _holder_of(name: str) -> Callable[[str], bool]:
    return lambda field: field in FIELDS[name] or field.startswith(f"{name}.")


def _periods(values: Values) -> Answer:
    """Return the first and the last day of each period. How a day is written makes no other answer."""
    names = [f"closed_periods.{row}" for row in range(rows_typed(values, "closed_periods"))]
    days = [(str(day_of(values.get(f"{row}.first", ""))), str(day_of(values.get(f"{row}.last", "")))) for row in names]
    return tuple(sorted((first, last or first) for first, last in days if first or last))


def _words_of(name: str) -> Callable[[Values], str]:
    def words(values: Values) -> str:
        if name == "closed_periods":
            return "\n".join(_period_in_words(*period) for period in _periods(values)) or t("settings.told.nothing")
        said = [_said(field, value) for field in FIELDS[name] for value in values.getlist(field) if value.strip()]
        return "\n".join(said) or t("settings.told.nothing")
    return words


def _period_in_words(first: str, last: str) -> str:
    """Return the days with their weekdays in the reader's language; a day that cannot be read, as it was typed."""
    return " – ".join(dict.fromkeys(_day_in_words(day) for day in (first, last) if day))


def _day_in_words(day: str) -> str:
    try:
        return day_in_words(date.fromisoformat(day))
    except ValueError:
        return day


def _said(field: str, value: str) -> str:
    return label(KIND_OF[field], value) if field in KIND_OF else value.strip()
