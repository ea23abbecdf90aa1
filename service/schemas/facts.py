"""The facts of a breach in the words of workflows/law/vocabulary.py. A fact that is left out or null is not known."""

from typing import Any

from marshmallow import post_load, validates_schema

from service.schemas.fields import Choice, Choices, LongText, Number, Part, YesNo
from service.schemas.moment import Moment
from service.schemas.people_counted import PeopleCounted, PeopleSaid, people_apart, refuse_other_people
from service.schemas.resource import Resource
from service.words.texts import LOCALES
from workflows.law import vocabulary

LAW, DRAFT = "law", "draft"


class FactsSchema(PeopleCounted):
    """The facts from which the advice on duties is computed."""

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
    restored_within_hours = Number()
    measures_removed_high_risk = YesNo()
    disproportionate_effort = YesNo()
    financial_undertaking = YesNo()

    @post_load
    def known(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return only the facts that are known. An empty list counts as not known."""
        return {name: value for name, value in facts.items() if value is not None and value != []}


class IncidentFactsSchema(FactsSchema):
    """The facts of an incident, without those that each organisation answers for itself."""

    class Meta:
        exclude = ("financial_undertaking",)


class KnownFactsSchema(PeopleSaid, PeopleCounted):
    """The facts as they are known now, as a whole. How many people stands beside the facts or in them."""

    facts = Part(FactsSchema, required=True)

    @validates_schema(skip_on_field_errors=False)
    def same_people(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse another number in the facts than beside them. Raises ValidationError."""
        refuse_other_people(values)

    @post_load
    def people_apart(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the values with the number of people beside the facts."""
        return people_apart(values)


class SupplementSchema(KnownFactsSchema):
    """The facts as they are known now (Art. 33(4)), and what was done to contain the breach; null leaves that as it
    is."""

    measures = LongText()


class LanguageSchema(Resource):
    """The language of the texts in the answer; without it, the language that the request accepts."""

    lang = Choice(LOCALES)


class AdviceSchema(LanguageSchema):
    """The facts to advise on.

    With `terms` "draft" the answer also shows what a proposal would change; it decides nothing.
    """

    facts = Part(FactsSchema, required=True)
    aware_at = Moment()
    terms = Choice((LAW, DRAFT), load_default=LAW)
