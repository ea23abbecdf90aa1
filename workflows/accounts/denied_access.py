"""A person tries an act without the right to it: it is refused, recorded, and shown to the owner (Art. 32)."""

from tenants.history.entries import Actor, Entry, record
from tenants.identity.refusals import note_refusal


def remember_refusal(act: str, by: Actor) -> None:
    """Record that the role does not allow this act, or that the person stands in for nobody. At most once a minute."""
    if by.id is not None and note_refusal(by.id, act):
        record([Entry("user", by.id, "access.refused", by, {"act": act})])
