"""The facts of a breach in the words of workflows/law/vocabulary.py. Left out, or null: not known."""

from typing import Any

from marshmallow import post_load

from service.schemas.fields import Choice, Choices, Number, Part, Whole, YesNo
from service.schemas.moment import Moment
from service.schemas.resource import Resource, refuse_reversed
from service.words.texts import LOCALES
from workflows.law import vocabulary

LAW, DRAFT = "law", "draft"
ENDS = ("people_min", "people_max")


class FactsSchema(Resource):
    """What the advice on duties is computed from."""

    nature = Choices(vocabulary.NATURES)
    data = Choices(vocabulary.DATA)
    groups = Choices(vocabulary.GROUPS)
    protection = Choice(vocabulary.PROTECTIONS)
    copy = Choice(vocabulary.COPIES)
    interruption = Choice(vocabulary.INTERRUPTIONS)
    taken = Choice(vocabulary.TAKEN)
    recipients = Choice(vocabulary.RECIPIENTS)
    key_safe = YesNo()
    deletion_confirmed = YesNo()
    malicious = YesNo()
    misused = YesNo()
    people_min = Whole()
    people_max = Whole()
    restored_within_hours = Number()
    measures_removed_high_risk = YesNo()
    disproportionate_effort = YesNo()
    financial_undertaking = YesNo()

    @post_load
    def known(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Only what is known; an empty list tells nothing either."""
        refuse_reversed(facts["people_min"], facts["people_max"], "people_max", "fact.people_reversed")
        return {name: value for name, value in facts.items() if value is not None and value != []}


class IncidentFactsSchema(FactsSchema):
    """Without what each organisation answers for itself: one incident hits many of them."""

    class Meta:
        exclude = ("financial_undertaking",)


class SupplementSchema(Resource):
    """The facts as they are known now, as a whole (Art. 33(4)). How many people stands beside the facts, or in them."""

    facts = Part(FactsSchema, required=True)
    people_min = Whole()
    people_max = Whole()

    @post_load
    def people_apart(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The register keeps how many people beside the facts; where both are given, what stands beside counts."""
        facts = dict(values["facts"])
        among = {end: facts.pop(end, None) for end in ENDS}
        people = {end: among[end] if values[end] is None else values[end] for end in ENDS}
        refuse_reversed(people["people_min"], people["people_max"], "people_max", "fact.people_reversed")
        return values | {"facts": facts} | people


class LanguageSchema(Resource):
    """In which language texts are answered; left out, the language that the request accepts."""

    lang = Choice(LOCALES)


class AdviceSchema(LanguageSchema):
    """What to advise on. `terms` "draft" also shows what a proposal would change; it decides nothing."""

    facts = Part(FactsSchema, required=True)
    aware_at = Moment()
    terms = Choice((LAW, DRAFT), load_default=LAW)
