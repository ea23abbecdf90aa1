"""Somebody wants what they may not do: refused, remembered, and shown to the owner (Art. 32)."""

from tenants.history.entries import Actor, Entry, record
from tenants.identity.refusals import note_refusal


def remember_refusal(act: str, by: Actor) -> None:
    """Their role is not enough, or they stand in for nobody (any more). Written down once a minute."""
    if by.id is not None and note_refusal(by.id, act):
        record([Entry("user", by.id, "access.refused", by, {"act": act})])
