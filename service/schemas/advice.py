"""The advice, in the same form as `meldketen law advise` prints it."""

from marshmallow import Schema, fields


class ReasonAnswer(Schema):
    """One reason: the article, and the facts on which it rests; null when a fact is not known."""

    duty = fields.String()
    article = fields.String()
    facts = fields.Dict()
    text = fields.String()


class ChangeAnswer(Schema):
    """One possible change: if `fact` were one of `values`, together with `with`, the duty would get another answer."""

    fact = fields.String()
    values = fields.List(fields.Raw())
    together = fields.Dict(data_key="with")
    duty = fields.String()
    before = fields.String(data_key="from")
    after = fields.String(data_key="to")


class AdviceAnswer(Schema):
    """Each duty is `yes`, `no` or `undecided`. `questions` are in the order in which they matter."""

    document = fields.String()
    notify_authority = fields.String()
    notify_people = fields.String()
    reasons = fields.List(fields.Nested(ReasonAnswer))
    would_change = fields.List(fields.Nested(ChangeAnswer))
    questions = fields.List(fields.String())
    open_questions = fields.List(fields.String())
    draft = fields.List(fields.Dict(), metadata={"description": "only with `terms` \"draft\"; it decides nothing"})


class BreachAdviceAnswer(AdviceAnswer):
    """The advice with the facts that it is based on, and whether a decision rests on other facts than these."""

    facts = fields.Dict()
    facts_changed = fields.Boolean()
