"""Which columns somebody may choose: fields of the purpose, columns that the file has, each field for as many columns
as it may have, and all that is needed."""

from collections import Counter

from service.reading.fields import PURPOSES as FIELDS
from service.reading.outcome import Choices
from service.reading.reader import Reading
from service.words.texts import t
from tenants.errors import Invalid, ManyInvalid

FIELD = "columns"


def refuse_other_fields(purpose: str, choices: Choices) -> None:
    """Raise ManyInvalid for a field of another purpose, and for one that two columns hold and only one may."""
    fields = {field.name: field for field in FIELDS[purpose].fields}
    times = Counter((choices.mapping or {}).values())
    faults = [Invalid("file.other_field", FIELD, name=name) for name in times if name not in fields]
    faults += [
        Invalid("file.field_twice", FIELD, column=t(f"files.field.{name}"))
        for name, count in times.items() if count > 1 and name in fields and not fields[name].many
    ]  # fmt: skip
    if faults:
        raise ManyInvalid(faults)


def refuse_other_columns(reading: Reading, choices: Choices) -> None:
    """Raise Invalid for a column that the file does not have."""
    beyond = [place for place in choices.mapping or () if place >= reading.columns.width]
    if beyond:
        raise Invalid("file.no_such_column", FIELD, place=beyond[0], most=reading.columns.width - 1)


def refuse_without_needed(reading: Reading) -> None:
    """Raise Invalid while no column holds what a purpose cannot do without."""
    used = set(reading.columns.used.values())
    for group in FIELDS[reading.purpose].needed:
        if not used.intersection(group):
            words = t("files.choice.or").join(t(f"files.field.{name}") for name in group)
            raise Invalid("file.needed_column", FIELD, columns=words)
