"""The line below mails to the other party, and below mails about what somebody did alone or what failed: the end of the
organisation's chain and its key.

So the end of the chain is in mailboxes that nobody with access to this database can reach. It never stands in a notice
to data subjects, nor in a mail that asks its reader to do something for the first time or again: there it hides what
to do.
"""

from tenants.history.signed_heads import signed_head
from workflows.mail.words import word

END = "end_of_register"
"""The placeholder in texts."""


def end_of_register(locale: str) -> str:
    """Return the newest signed end of the acting organisation's chain, in words; nothing before the first was signed.
    """
    head = signed_head()
    if head is None:
        return ""
    return word(END, locale).format(seq=head.seq, head=head.head.hex(), key=head.key_id.hex())
