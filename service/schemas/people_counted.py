"""How many people a breach concerns, as a person knows it: between the least and the largest number, or an estimate."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, pre_load, validates_schema

from service.reading.values.people import People, people_in
from service.schemas.faults import Key
from service.schemas.fields import Whole, YesNo
from service.schemas.resource import Resource, refuse_reversed

ENDS = ("people_min", "people_max")
ESTIMATE = "people_estimate"
ESTIMATED = {"description": "whether the number of people is an estimate"}
IN_ALL = {"description": "of the clients of whom a number is known; null: that end is open for one of them"}
IN_NO_SUM = {"description": "of how many clients no number is known; they are in no sum"}


class PeopleCounted(Resource):
    """The least and the largest number of people; either may be unknown."""

    people_min = Whole()
    people_max = Whole()

    @validates_schema(skip_on_field_errors=False)
    def people_in_order(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse a largest number below the least one, together with every other fault. Raises ValidationError."""
        refuse_reversed(values.get("people_min"), values.get("people_max"), "people_max", "fact.people_reversed")


class PeopleSaid(Resource):
    """People write a number as "ca. 75", and that is an estimate. `people_estimate` says so of the numbers beside it;
    null: as it was, as long as the numbers stay."""

    people_estimate = YesNo()

    @pre_load
    def as_written(self, document: Any, **_: Any) -> Any:
        """Return the document with numbers in place of what was written about them. What says no number is left as it
        is, to be refused at its field."""
        return numbers_of(document) if isinstance(document, Mapping) else document

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def people_in_one_way(self, _: dict[str, Any], original: Any, **__: Any) -> None:
        """Refuse a number beside its bounds, as the reader of files does: one of them would be kept, and nobody said
        which. Raises ValidationError."""
        if "people" not in self.fields or not isinstance(original, Mapping):
            return
        if _is_filled(original.get("people")) and any(_is_filled(original.get(end)) for end in ENDS):
            raise ValidationError({"people": [Key("file.people_twice")]})


def refuse_other_people(values: Mapping[str, Any]) -> None:
    """Raise ValidationError where the facts say another number of people than stands beside them, each end apart, and
    where the least number of one place is above the largest of the other."""
    among, beside = values.get("facts") or {}, ends_beside(values)
    differing = [end for end in ENDS if None not in (among.get(end), beside[end]) and among[end] != beside[end]]
    if differing:
        raise ValidationError({"facts": {end: [Key("fact.people_elsewhere")] for end in differing}})
    if list(beside.values()).count(None) == 1:  # one end may stand in each place
        people = people_apart(values)
        refuse_reversed(people["people_min"], people["people_max"], "people_max", "fact.people_reversed")


def people_apart(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with the numbers of people beside the facts, wherever they were said."""
    facts, beside = dict(values.get("facts") or {}), ends_beside(values)
    among = {end: facts.pop(end, None) for end in ENDS}
    return {**values, "facts": facts, **{end: among[end] if beside[end] is None else beside[end] for end in ENDS}}


def ends_beside(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bounds that stand beside the facts. A number that is sure is both."""
    people = values.get("people")
    return {end: values.get(end) if people is None else people for end in ENDS}


def numbers_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with its numbers of people as digits, and with whether they are an estimate.

    "ca. 75" in one of two fields is the whole of what is known: both ends are 75.
    """
    filled = {name: value for name in ("people", *ENDS) if _is_filled(value := document.get(name))}
    said = {name: value for name, value in filled.items() if isinstance(value, str)}
    read = {name: people for name, value in said.items() if isinstance(people := people_in(value), People)}
    if not said:
        return dict(document)
    estimate = document.get(ESTIMATE) or any(people.is_estimate for people in read.values())
    return {**document, **_whole(read, set(filled)), ESTIMATE: estimate}


def _whole(read: Mapping[str, People], filled: set[str]) -> dict[str, Any]:
    if "people" in read:
        people = read["people"]
        return {} if _is_plain(people) else {"people": None, **_ends(people)}
    of_estimates = {name: people for name, people in read.items() if people.is_estimate}
    if len(of_estimates) == len(filled) == 1:
        return _ends(*of_estimates.values())
    return {name: str(people.least) for name, people in of_estimates.items() if people.least == people.most}


def _is_filled(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _is_plain(people: People) -> bool:
    return not people.is_estimate and people.least is not None and people.least == people.most


def _ends(people: People) -> dict[str, Any]:
    return dict(zip(ENDS, (people.least, people.most), strict=True))
