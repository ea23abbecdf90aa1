"""Whether the settings of an environment are possible. Each check returns its faults: all are told at once.

No sentence repeats a value: a secret may stand in any of them, at any place.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from service.safe_settings import (
    wrong_with_address,
    wrong_with_database,
    wrong_with_issuer,
    wrong_with_key,
    wrong_with_redis,
    wrong_with_secret,
)

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
POSTGRES_SCHEMES = ("postgres", "postgresql", "postgresql+psycopg")
REDIS_SCHEMES = ("redis", "rediss", "unix")
MASTER_KEY_BYTES = 32
LONGEST_CONTACT = 200
DATABASES = ("database_url", "owner_database_url")
ADDRESSES = ("base_url", "sendgrid_host", "webhook_url", "timestamp_url")
ORGANISATION_PROVIDER = ("issuer", "client_id", "client_secret", "claim")
"""The settings of the provider that knows organisations are all set, or none of them."""
REDIS_NUMBERS = frozenset({
    "db", "protocol", "socket_timeout", "socket_connect_timeout", "max_connections", "health_check_interval",
})  # fmt: skip
REDIS_OPTIONS = REDIS_NUMBERS | {
    "username", "password", "client_name", "socket_keepalive", "retry_on_timeout", "ssl_cert_reqs", "ssl_ca_certs",
    "ssl_ca_path", "ssl_check_hostname", "ssl_certfile", "ssl_keyfile",
}
"""What may stand behind the question mark of REDIS_URL: redis-py takes each of them there, and the service needs no
other."""
UNREADABLE = "{name} cannot be read as an address: look at its signs, its port and what follows the question mark."
Settings = Mapping[str, str]


def faults_of(settings: Settings) -> Iterator[str]:
    """Return what is wrong with settings that are set, by field of Config: a sentence for each, without its value."""
    for name in settings:
        fault = _first_fault(name, settings[name])
        if fault:
            yield fault
    yield from _half_a_provider(settings)


def listed(value: str) -> tuple[str, ...]:
    """Return the values of a setting that has several, with commas between them."""
    return tuple(word.strip() for word in value.split(",") if word.strip())


def database_url(url: str) -> str:
    """Return the URL of a database with the driver that we use. Hosts give ``postgres://``, which SQLAlchemy refuses.
    """
    return f"postgresql+psycopg://{url.partition('://')[2]}"


def _first_fault(name: str, value: str) -> str | None:
    try:
        return next(_faults_at(name, value), None)
    except ValueError:  # of urlsplit: a part of an address that no program can read, such as a port of letters
        return UNREADABLE.format(name=name.upper())


def _faults_at(name: str, value: str) -> Iterator[str]:
    """Return what is wrong with one setting; what is not safe comes after what is impossible."""
    if name in DATABASES:
        yield from _database(name.upper(), value)
    elif name in ADDRESSES:
        yield from _address(name.upper(), value)
    elif name in OTHERS:
        yield from OTHERS[name](value)


def _database(name: str, url: str) -> Iterator[str]:
    if url.partition("://")[0] not in POSTGRES_SCHEMES or "://" not in url:
        yield f"{name} must begin with postgresql://."
    yield from _unreadable(name, url)
    yield from _unsafe(name, wrong_with_database(url))


def _address(name: str, url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield f"{name} must be an address like https://meldketen.example.nl."
    if parts.username is not None or parts.query or parts.fragment or not _is_plain(url) or parts.port == 0:
        yield f"{name} must be an address alone: without a name, a password, spaces, and what follows a ? or a #."
    yield from _unsafe(name, wrong_with_address(url))


def _redis(url: str) -> Iterator[str]:
    if url.partition("://")[0] not in REDIS_SCHEMES:
        yield "REDIS_URL must begin with redis://, rediss:// or unix://."
    yield from _unreadable("REDIS_URL", url)
    for option, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        if option not in REDIS_OPTIONS or (option in REDIS_NUMBERS and not re.fullmatch("[0-9]{1,4}", value)):
            yield "REDIS_URL has an option after the question mark that we do not use, or no number where one belongs."
    yield from _unsafe("REDIS_URL", wrong_with_redis(url))


def _secret(value: str) -> Iterator[str]:
    yield from _unsafe("SECRET_KEY", wrong_with_secret(value))


def _master_key(value: str) -> Iterator[str]:
    key = _key(value)
    if key is None:
        yield f"MASTER_KEY must be {MASTER_KEY_BYTES} random bytes in base64."
    else:
        yield from _unsafe("MASTER_KEY", wrong_with_key(key))


def _previous_keys(value: str) -> Iterator[str]:
    if any(_key(key) is None for key in listed(value)):
        yield f"PREVIOUS_MASTER_KEYS must be {MASTER_KEY_BYTES} random bytes in base64 each, with commas between them."


def _key(value: str) -> bytes | None:
    """Return the key; None when it is not MASTER_KEY_BYTES in base64."""
    try:
        key = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == MASTER_KEY_BYTES else None


def _api_key(value: str) -> Iterator[str]:
    if not _is_plain(value):
        yield "SENDGRID_API_KEY must be one word of letters, digits and signs of ASCII."


def _is_plain(value: str) -> bool:
    """Return whether it can stand in a request as it is: signs of ASCII, without spaces."""
    return value.isascii() and value.isprintable() and " " not in value


def _mail_from(value: str) -> Iterator[str]:
    if "@" not in value:
        yield "MAIL_FROM must be an e-mail address."


def _contact(value: str) -> Iterator[str]:
    if len(value) > LONGEST_CONTACT or not value.isprintable():
        yield (f"OPERATOR_CONTACT must be one line of at most {LONGEST_CONTACT} signs: "
               "a mail address, a telephone number or the address of a page.")  # fmt: skip


def _log_level(value: str) -> Iterator[str]:
    if value.upper() not in LOG_LEVELS:
        yield f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}."


def _proxies(value: str) -> Iterator[str]:
    if not re.fullmatch("[0-9]", value):
        yield "TRUSTED_PROXIES must be how many proxies stand before the service: 0 to 9."


def _issuer(value: str) -> Iterator[str]:
    yield from _unsafe("ORGANISATION_PROVIDER_ISSUER", wrong_with_issuer(value))


def _half_a_provider(settings: Settings) -> Iterator[str]:
    """Return the fault of a provider for organisations that is half configured: a login there could not work."""
    names = [f"organisation_provider_{part}" for part in ORGANISATION_PROVIDER]
    missing = [name.upper() for name in names if name not in settings]
    beside = any(f"organisation_provider_{part}" in settings for part in ("acr", "name_claim"))
    if missing and (len(missing) < len(names) or beside):
        yield f"Not set in the environment: {', '.join(missing)}; the other ORGANISATION_PROVIDER_* are."


def _unreadable(name: str, url: str) -> Iterator[str]:
    """Return that the program that uses this address cannot read it. Raises ValueError for a port that is none."""
    if urlsplit(url).port == 0 or not _is_plain(url):
        yield UNREADABLE.format(name=name)


def _unsafe(name: str, fault: str | None) -> Iterator[str]:
    """Return that a secret can be guessed, or that somebody can listen to a connection."""
    if fault:
        yield f"{name} {fault}."


OTHERS = {
    "redis_url": _redis, "secret_key": _secret, "master_key": _master_key, "previous_master_keys": _previous_keys,
    "sendgrid_api_key": _api_key, "mail_from": _mail_from, "operator_contact": _contact,
    "log_level": _log_level, "trusted_proxies": _proxies, "organisation_provider_issuer": _issuer,
}  # fmt: skip
