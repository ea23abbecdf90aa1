"""The settings of an organisation: columns of its row that its own people set, in the sections of one form.

The authority's form and the organisation's mails use them. Each change counts `settings_version` up.
"""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select, text

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.organisations.organisations import Organisation

SIZES = ("micro", "sme", "large", "other")
"""The sizes of the EDPB's draft template of 2026. No question of the authority that is known asks it."""
FLAGS = ("financial_undertaking",)
"""What the law asks of an organisation by its kind, each true, false or not known yet (None). A later one goes here:
the page, the API and the history follow."""
FG = ("fg_name", "fg_email", "fg_phone", "fg_number")
ADDRESS_PARTS = ("street", "postcode", "town", "country")
ADDRESSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {kind: tuple(f"{kind}_{part}" for part in ADDRESS_PARTS) for kind in ("visiting", "postal")}
)
SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "names": ("name", "trade_names"),
    "address": (*ADDRESSES["visiting"], *ADDRESSES["postal"], "sector", "size"),
    "fg": ("without_fg", *FG),
    "mail": ("locale", "sender_name", "reply_address"),
    "flags": FLAGS,
    "closed": ("closed_weekdays", "closed_periods"),
})  # fmt: skip
"""The columns of each section."""
COLUMNS = tuple(name for names in SECTIONS.values() for name in names)
PERSONAL = frozenset({"name", "trade_names", *ADDRESSES["visiting"], *ADDRESSES["postal"], *FG,
                      "sender_name", "reply_address"})  # fmt: skip
"""What can name a person, because a person may be an organisation. The history keeps these values apart."""
OF_LINK = text("select organisation_of_reply_link(:hash)")


def settings_to_change() -> Organisation:
    """Return the acting organisation, locked: nobody else changes its settings before the transaction ends.

    The lock leaves the key free, so rows that only refer to the organisation are written meanwhile.
    """
    mine = select(Organisation).where(Organisation.id == acting_organisation())
    return db.session.scalars(mine.with_for_update(key_share=True).execution_options(populate_existing=True)).one()


def trade_names_of(organisation: Organisation) -> list[str]:
    """Return the trade names of an organisation."""
    return (organisation.trade_names or "").splitlines()


def confirmed_reply_address(organisation: Organisation) -> str | None:
    """Return where answers to its mails go; None until somebody confirmed an address. One that was confirmed is used
    until another one is."""
    return organisation.reply_in_use


def reply_address_waits(organisation: Organisation) -> bool:
    """Whether its newest address for answers is not confirmed yet."""
    return organisation.reply_address not in (None, organisation.reply_in_use)


def organisation_of_reply_link(link_hash: bytes) -> UUID | None:
    """Return the organisation that mailed the link with this hash to confirm where answers go; None when it ended."""
    organisation: UUID | None = db.session.scalar(OF_LINK, {"hash": link_hash})
    return organisation
