"""The settings of an installation, read from its environment into one dataclass. It is complete or refused.

This is the only module that reads ``os.environ``.
"""

import base64
import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields

from service.possible_settings import ADDRESSES, DATABASES, database_url, faults_of, listed
from service.words.one_line import ToldInOneLine

LISTS = ("sendgrid_webhook_public_keys", "previous_master_keys", "organisation_provider_acr")


class ConfigError(ToldInOneLine):
    """The environment is incomplete or wrong. The message is one line for the person who starts the process; `faults`
    has its sentences, each about one thing to mend."""

    def __init__(self, *faults: str) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def environment() -> dict[str, str]:
    """Return the environment of this process, for children that must inherit it."""
    return dict(os.environ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of an installation. Each field is the environment variable of the same name."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    master_key: str = field(repr=False)
    base_url: str
    sendgrid_api_key: str = field(repr=False)
    sendgrid_host: str
    sendgrid_webhook_public_keys: tuple[str, ...]
    mail_from: str
    mail_from_name: str = "Meldketen"
    operator_contact: str = ""
    owner_database_url: str | None = field(default=None, repr=False)
    previous_master_keys: tuple[str, ...] = field(default=(), repr=False)
    sandbox_dir: str | None = None
    sandbox_private_key: str | None = None
    webhook_url: str | None = None
    metrics_token: str | None = field(default=None, repr=False)
    log_level: str = "INFO"
    trusted_proxies: str = "0"
    heads_file: str | None = None
    timestamp_url: str | None = None
    timestamp_ca_file: str | None = None
    organisation_provider_issuer: str | None = None
    organisation_provider_client_id: str | None = None
    organisation_provider_client_secret: str | None = field(default=None, repr=False)
    organisation_provider_claim: str | None = None
    organisation_provider_name_claim: str | None = None
    organisation_provider_acr: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Return the settings after checking every value.

        Raises ConfigError, which names every setting that is missing or wrong.
        """
        variables = environment() if environ is None else environ
        values = {f.name: variables.get(f.name.upper(), "").strip() for f in fields(cls)}
        present = {name: value for name, value in values.items() if value}
        missing = [f.name.upper() for f in fields(cls) if f.default is MISSING and f.name not in present]
        faults = [f"Not set in the environment: {', '.join(missing)}. See README.md, Settings."] if missing else []
        faults += faults_of(present)
        if faults:
            raise ConfigError(*faults)
        return cls(**_as_used(present))  # type: ignore[arg-type]

    def as_environment(self) -> dict[str, str]:
        """Return the same values as environment variables, for a child process."""
        values = {f.name.upper(): getattr(self, f.name) for f in fields(self)}
        return {k: ",".join(v) if isinstance(v, tuple) else v for k, v in values.items() if v is not None}

    @property
    def master_key_bytes(self) -> bytes:
        """Return the key that wraps the organisations' data keys."""
        return base64.b64decode(self.master_key)

    @property
    def previous_master_keys_bytes(self) -> list[bytes]:
        """Return the earlier master keys, which still open what was wrapped under them."""
        return [base64.b64decode(key) for key in self.previous_master_keys]

    @property
    def proxies(self) -> int:
        """Return how many proxies stand before us, whose word about the caller's address is trusted."""
        return int(self.trusted_proxies)

    def owner_url(self) -> str:
        """Return the address of the database for its owner, which only a release (migrations) needs.

        Raises ConfigError when it is not set.
        """
        if self.owner_database_url is None:
            raise ConfigError("Not set in the environment: OWNER_DATABASE_URL (a release needs it).")
        return self.owner_database_url


def _as_used(values: dict[str, str]) -> dict[str, str | tuple[str, ...]]:
    """Return possible settings as the rest uses them: databases with our driver, addresses without a slash at the end,
    lists apart."""
    databases = {name: database_url(values[name]) for name in DATABASES if name in values}
    addresses = {name: values[name].rstrip("/") for name in ADDRESSES if name in values}
    return {**values, **databases, **addresses, **{name: listed(values.get(name, "")) for name in LISTS}}
