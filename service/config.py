"""The settings of an installation, read from its environment into one dataclass. It is complete or refused.

This is the only module that reads ``os.environ``.
"""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from urllib.parse import urlsplit

from service.safe_settings import (
    wrong_with_address,
    wrong_with_database,
    wrong_with_issuer,
    wrong_with_key,
    wrong_with_redis,
    wrong_with_secret,
)
from service.words.one_line import ToldInOneLine

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
POSTGRES_SCHEMES = ("postgres", "postgresql", "postgresql+psycopg")
REDIS_SCHEMES = ("redis", "rediss", "unix")
MASTER_KEY_BYTES = 32
LONGEST_CONTACT = 200
LISTS = ("sendgrid_webhook_public_keys", "previous_master_keys", "organisation_provider_acr")
ORGANISATION_PROVIDER = ("issuer", "client_id", "client_secret", "claim")
"""The settings of the provider that knows organisations are all set, or none of them."""


class ConfigError(ToldInOneLine):
    """The environment is incomplete or wrong. The message is one line for the person who starts the process."""


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

        Raises ConfigError, which names every missing setting, or the first one that is wrong.
        """
        variables = environment() if environ is None else environ
        values = {f.name: variables.get(f.name.upper(), "").strip() for f in fields(cls)}
        missing = [f.name.upper() for f in fields(cls) if f.default is MISSING and not values[f.name]]
        if missing:
            raise ConfigError(f"Not set in the environment: {', '.join(missing)}. See README.md, Settings.")
        present = {name: value for name, value in values.items() if value}
        return cls(**_checked(present))  # type: ignore[arg-type]

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


def database_url(url: str, name: str = "DATABASE_URL") -> str:
    """Return the URL with the driver that we use. Hosts give ``postgres://``, which SQLAlchemy refuses.

    Raises ConfigError for any other URL, with the name of the setting.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in POSTGRES_SCHEMES:
        raise ConfigError(f"{name} must begin with postgresql://, not with '{scheme}'.")
    return f"postgresql+psycopg://{rest}"


def _checked(values: dict[str, str]) -> dict[str, str | tuple[str, ...]]:
    for name in ("database_url", "owner_database_url"):
        if name in values:
            values[name] = database_url(values[name], name.upper())
    for name in ("base_url", "sendgrid_host", "webhook_url", "timestamp_url"):
        if name in values:
            values[name] = _web_address(values[name], name.upper())
    _check_redis(values["redis_url"])
    _check_master_key(values["master_key"])
    _refuse_what_is_not_safe(values)
    _refuse_half_a_provider(values)
    if "@" not in values["mail_from"]:
        raise ConfigError(f"MAIL_FROM must be an e-mail address, not '{values['mail_from']}'.")
    _check_contact(values.get("operator_contact", ""))
    if values.get("log_level", "INFO").upper() not in LOG_LEVELS:
        raise ConfigError(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}.")
    if not re.fullmatch("[0-9]", values.get("trusted_proxies", "0")):
        raise ConfigError("TRUSTED_PROXIES must be how many proxies stand before the service: 0 to 9.")
    lists = {name: _listed(values.get(name, "")) for name in LISTS}
    for key in lists["previous_master_keys"]:
        _check_master_key(key, "PREVIOUS_MASTER_KEYS")
    return {**values, **lists}


def _refuse_what_is_not_safe(values: dict[str, str]) -> None:
    """Raise ConfigError for the first secret that can be guessed or connection that can be listened to, in one line."""
    checks = (
        ("secret_key", wrong_with_secret), ("database_url", wrong_with_database), ("redis_url", wrong_with_redis),
        ("owner_database_url", wrong_with_database), ("base_url", wrong_with_address),
        ("sendgrid_host", wrong_with_address), ("webhook_url", wrong_with_address),
        ("timestamp_url", wrong_with_address), ("organisation_provider_issuer", wrong_with_issuer),
        ("master_key", lambda key: wrong_with_key(base64.b64decode(key))),
    )  # fmt: skip
    for name, wrong_with in checks:
        wrong = wrong_with(values[name]) if name in values else None
        if wrong:
            raise ConfigError(f"{name.upper()} {wrong}.")


def _refuse_half_a_provider(values: dict[str, str]) -> None:
    """Raise ConfigError when the provider for organisations is only half configured: a login there could not work."""
    names = [f"organisation_provider_{part}" for part in ORGANISATION_PROVIDER]
    missing = [name.upper() for name in names if name not in values]
    beside = any(f"organisation_provider_{part}" in values for part in ("acr", "name_claim"))
    if missing and (len(missing) < len(names) or beside):
        raise ConfigError(f"Not set in the environment: {', '.join(missing)}; the other ORGANISATION_PROVIDER_* are.")


def _check_contact(contact: str) -> None:
    if len(contact) > LONGEST_CONTACT or not contact.isprintable():
        raise ConfigError(
            f"OPERATOR_CONTACT must be one line of at most {LONGEST_CONTACT} signs: "
            "a mail address, a telephone number or the address of a page."
        )


def _listed(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _web_address(url: str, name: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigError(f"{name} must be an address like https://meldketen.example.nl, not '{url}'.")
    return url.rstrip("/")


def _check_redis(url: str) -> None:
    if url.partition("://")[0] not in REDIS_SCHEMES:
        raise ConfigError("REDIS_URL must begin with redis://, rediss:// or unix://.")


def _check_master_key(value: str, name: str = "MASTER_KEY") -> None:
    try:
        size = len(base64.b64decode(value, validate=True))
    except binascii.Error:
        size = 0
    if size != MASTER_KEY_BYTES:
        raise ConfigError(f"{name} must be {MASTER_KEY_BYTES} random bytes in base64.")
