"""The advice as `meldketen law advise` gives it too."""

from marshmallow import Schema, fields


class ReasonAnswer(Schema):
    """Why: the article, and the very facts that it leans on; null is not known."""

    duty = fields.String()
    article = fields.String()
    facts = fields.Dict()
    text = fields.String()


class ChangeAnswer(Schema):
    """Were `fact` known to be one of `values`, and `with` besides, the duty would go from one answer to another."""

    fact = fields.String()
    values = fields.List(fields.Raw())
    together = fields.Dict(data_key="with")
    duty = fields.String()
    before = fields.String(data_key="from")
    after = fields.String(data_key="to")


class AdviceAnswer(Schema):
    """Each duty `yes`, `no` or `undecided`. `questions` stand in the order in which they matter."""

    document = fields.String()
    notify_authority = fields.String()
    notify_people = fields.String()
    reasons = fields.List(fields.Nested(ReasonAnswer))
    would_change = fields.List(fields.Nested(ChangeAnswer))
    questions = fields.List(fields.String())
    open_questions = fields.List(fields.String())
    draft = fields.List(fields.Dict(), metadata={"description": "only with `terms` \"draft\"; it decides nothing"})


class BreachAdviceAnswer(AdviceAnswer):
    """With the facts that it was given on, and whether a decision rests on other facts than these."""

    facts = fields.Dict()
    facts_changed = fields.Boolean()
