"""The end of a chain as it is now, signed and stamped by the authority of the tests."""

from uuid import UUID

from tenants.history.signed_heads import SignedHead, note_outside, sign_head, signed_head
from tenants.isolation import acting_for
from tests.authority import Authority
from workflows.outside import time_stamps


def stamp_end(organisation: UUID, by: Authority, of: bytes | None = None) -> SignedHead:
    """Sign and stamp it, or have something else stamped in its place; the end that was signed."""
    with acting_for(organisation):
        assert sign_head(outside=True)
        head = signed_head()
    assert head
    answer = time_stamps.stamp(time_stamps.Authority(by.url, [by.root]), of or bytes(head.head))
    with acting_for(organisation):
        note_outside(head.seq, in_file=False, stamp=answer, whole=True)
    return head
