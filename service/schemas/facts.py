"""The facts of a breach in the words of workflows/vocabulary.py. Left out, or null: not known."""

from typing import Any

from marshmallow import post_load

from service.schemas.fields import Choice, Choices, Number, Whole, YesNo
from service.schemas.resource import Resource, refuse_reversed
from workflows import vocabulary


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

    @post_load
    def known(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Only what is known; an empty list tells nothing either."""
        refuse_reversed(facts["people_min"], facts["people_max"], "people_max", "fact.people_reversed")
        return {name: value for name, value in facts.items() if value is not None and value != []}
