"""API tokens: which acts a token may have, and making, revoking and refusing one, each recorded."""

from collections.abc import Mapping
from uuid import UUID

from tenants.errors import Invalid
from tenants.history.entries import Actor, Entry, record
from tenants.identity.api_tokens import ApiToken, add_token, note_refusal, revoke_token
from tenants.isolation import acting_organisation
from workflows.accounts.seating import refuse_unless_seat_counts
from workflows.roles import MAY, STEPS

DAYS, MOST_DAYS = 90, 365
NEEDS_A_PERSON = frozenset(STEPS) | {
    "answer_form", "move_term", "see_changes", "break_glass", "review_broken_glass", "appoint_deputy", "see_to_people",
    "see_to_tokens", "see_to_provider", "see_to_keys", "see_to_settings", "see_to_processors", "prove_organisation",
    "state_awareness", "join_registers", "leave", "end_incident", "try_notice",
}  # fmt: skip
"""Acts that no token may have, whoever made it: deciding and sending, changing what a decision rests on, and changing
the organisation itself. With a colleague's token a person could otherwise act as two people. Each release gives the
database the other acts (`token_scope`)."""
SCOPES = tuple(act for act in MAY if act not in NEEDS_A_PERSON)


def make_token(values: Mapping[str, object], by: Actor) -> tuple[str, ApiToken]:
    """Make a token; its secret is returned once.

    Raises NotAllowed without a fresh second factor, and Invalid without a scope.
    """
    refuse_unless_seat_counts(by)
    scopes = [act for act in SCOPES if act in _words(values["scopes"])]
    if not scopes or by.id is None:
        raise Invalid("field.required", "scopes")
    days = values["days"] or DAYS
    token, row = add_token(str(values["name"]), scopes, int(str(days)), by.id)
    details = {"name": row.name, "prefix": row.prefix, "scopes": scopes, "days": days}
    record([Entry("organisation", acting_organisation(), "token.made", by, details)])
    return token, row


def revoke(token_id: UUID, by: Actor) -> ApiToken:
    """End this token. Raises NotAllowed without a fresh second factor, NotFound when there is none."""
    refuse_unless_seat_counts(by)
    assert by.id is not None
    row = revoke_token(token_id, by.id)
    details = {"name": row.name, "prefix": row.prefix}
    record([Entry("organisation", acting_organisation(), "token.revoked", by, details)])
    return row


def refuse(token_id: UUID, act: str, by: Actor) -> None:
    """Record that a token tried an act outside its scopes, at most once a minute; its owner sees it."""
    if note_refusal(token_id, act):
        record([Entry("organisation", acting_organisation(), "token.refused", by, {"act": act})])


def _words(words: object) -> list[object]:
    return list(words) if isinstance(words, list | tuple) else []
