"""What makes a setting safe, so that nobody guesses a secret or listens in. Each check returns the fault, or None."""

import ipaddress
from urllib.parse import parse_qs, unquote, urlsplit

LEAST_SECRET, LEAST_DIFFERENT_SIGNS, LEAST_DIFFERENT_BYTES = 32, 10, 16
SAFE_MODES = ("require", "verify-ca", "verify-full")


def is_this_machine(host: str) -> bool:
    """Return whether this names the loopback."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def wrong_with_secret(value: str) -> str | None:
    """Return what is wrong with a secret that signs: it must be random and long."""
    if len(value) < LEAST_SECRET or len(set(value)) < LEAST_DIFFERENT_SIGNS:
        return f"must be at least {LEAST_SECRET} random signs"
    return None


def wrong_with_key(key: bytes) -> str | None:
    """Return what is wrong with a key: random bytes have many different values, while an invented key has few."""
    if len(set(key)) < LEAST_DIFFERENT_BYTES:
        return f"must be {len(key)} random bytes in base64, and these are not"
    return None


def wrong_with_address(url: str) -> str | None:
    """Return what is wrong with an address: http can be read on the way, so it is for this machine alone."""
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_this_machine(parts.hostname or ""):
        return "must begin with https://; http:// is for this machine alone"
    return None


def wrong_with_issuer(url: str) -> str | None:
    """Return what is wrong with an issuer: it is compared sign by sign with what each token says."""
    parts = urlsplit(url)
    is_alone = "@" not in parts.netloc and not parts.query and not parts.fragment and parts.port != 0
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_alone:
        return "must be an address like https://broker.example, without a name, a ? and a #"
    return wrong_with_address(url)


def wrong_with_database(url: str) -> str | None:
    """Return what is wrong with the address of a database.

    An address elsewhere must demand encryption, because libpq goes on without it.
    """
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    named = parts.netloc.rpartition("@")[2].split(",") + options.get("host", "").split(",")
    hosts = [_host(address) for address in [*named, *options.get("hostaddr", "").split(",")] if address]
    elsewhere = [host for host in hosts if not host.startswith("/") and not is_this_machine(host)]
    if elsewhere and options.get("sslmode") not in SAFE_MODES:
        return "must end in ?sslmode=verify-full (or require): the database is on another machine"
    return None


def wrong_with_redis(url: str) -> str | None:
    """Return what is wrong with the address of Redis, by the rules for the database."""
    parts = urlsplit(url)
    if parts.scheme == "redis" and not is_this_machine(parts.hostname or ""):
        return "must begin with rediss://: Redis is on another machine"
    return None


def _host(named: str) -> str:
    """Return the host without its port, and without the brackets of IPv6."""
    plain = unquote(named)
    if plain.startswith("["):
        return plain[1:].partition("]")[0]
    return plain if plain.count(":") > 1 or plain.startswith("/") else plain.partition(":")[0]
