"""The identity provider of an organisation, through which its people may log in as well. Its secret is sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, delete, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.isolation import acting_organisation
from tenants.sealing import seal_of_acting_organisation

AT = text("select organisation_id, organisation_name, provider_name from provider_at(:slug)")


class IdentityProvider(Record):
    """One organisation's provider."""

    __tablename__ = "identity_provider"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    sealed_secret: Mapped[bytes]
    proof_acr: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


@dataclass(frozen=True)
class Gate:
    """What the login page of an organisation shows: its name, and its provider's name."""

    organisation_id: UUID
    organisation_name: str
    provider_name: str


def gate_at(slug: str) -> Gate | None:
    """Return the organisation at this address, if it has a provider. Needs no login."""
    row = db.session.execute(AT, {"slug": slug}).first()
    return Gate(*row) if row else None


def provider() -> IdentityProvider | None:
    """Return the acting organisation's provider."""
    return db.session.get(IdentityProvider, acting_organisation())


def secret_of(idp: IdentityProvider) -> str:
    """Return the client secret with which this service authenticates at the provider."""
    secret: str = seal_of_acting_organisation().open(idp.sealed_secret)["client_secret"]
    return secret


def set_provider(settings: Mapping[str, Any]) -> None:
    """Set or replace the provider: name, issuer, client_id, proof_acr, and client_secret (None keeps the present one).
    """
    values: dict[str, Any] = {name: settings[name] for name in ("name", "issuer", "client_id", "proof_acr")}
    if settings["client_secret"] is not None:
        sealed = seal_of_acting_organisation().close({"client_secret": settings["client_secret"]})
        values["sealed_secret"] = sealed
    there = provider()
    if there is not None:
        for name, value in values.items():
            setattr(there, name, value)
        there.changed_at = func.now()
    else:
        db.session.execute(insert(IdentityProvider).values(organisation_id=acting_organisation(), **values))
    db.session.flush()


def remove_provider() -> bool:
    """Remove the provider and its secret: nobody logs in through it any more. Returns whether there was one."""
    mine = IdentityProvider.organisation_id == acting_organisation()
    gone = db.session.execute(delete(IdentityProvider).where(mine).returning(IdentityProvider.organisation_id))
    return gone.first() is not None
