"""Which columns somebody may choose: fields of the purpose, columns that the file has, each field for as many columns
as it may have, and all that is needed."""

from collections import Counter
from collections.abc import Mapping

from service.reading.fields import PURPOSES as FIELDS
from service.reading.outcome import Choices
from service.reading.own_files import fields_of
from service.reading.reader import Reading
from service.words.texts import t
from tenants.errors import Invalid, ManyInvalid

FIELD, FIELD_TWICE = "columns", "file.field_twice"


def refuse_other_fields(purpose: str, choices: Choices) -> None:
    """Raise ManyInvalid for fields of another purpose, with those that stand twice."""
    fields = {field.name for field in FIELDS[purpose].fields}
    others = [Invalid("file.other_field", FIELD, name=name) for name in _times(choices) if name not in fields]
    if others:
        raise ManyInvalid([*others, *_twice(purpose, choices, {})])


def refuse_other_columns(reading: Reading, choices: Choices) -> None:
    """Raise Invalid for a column that the file does not have, and ManyInvalid for fields that two columns hold and only
    one may. In a file of ours two may: what was decided here, and what an old register said."""
    beyond = [place for place in choices.mapping or () if place >= reading.columns.width]
    if beyond:
        raise Invalid("file.no_such_column", FIELD, place=beyond[0], most=reading.columns.width - 1)
    faults = _twice(reading.purpose, choices, fields_of(reading.headings.cells, reading.purpose) or {})
    if faults:
        raise ManyInvalid(faults)


def _times(choices: Choices) -> Counter[str]:
    return Counter((choices.mapping or {}).values())


def _twice(purpose: str, choices: Choices, ours: Mapping[int, str]) -> list[Invalid]:
    many = {field.name: field.many for field in FIELDS[purpose].fields}
    own = Counter(ours.values())
    return [
        Invalid(FIELD_TWICE, FIELD, column=t(f"files.field.{name}"))
        for name, count in _times(choices).items() if count > max(1, own[name]) and not many.get(name, True)
    ]  # fmt: skip


def refuse_without_needed(reading: Reading) -> None:
    """Raise Invalid while no column holds what a purpose cannot do without."""
    used = set(reading.columns.used.values())
    for group in FIELDS[reading.purpose].needed:
        if not used.intersection(group):
            words = t("files.choice.or").join(t(f"files.field.{name}") for name in group)
            raise Invalid("file.needed_column", FIELD, columns=words)
