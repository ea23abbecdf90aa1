"""The ID token: whether it comes from the provider, for us, for this login and now; and whom it names."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oidc.core import CodeIDToken
from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

from service.oidc.fetching import ProviderFault
from service.oidc.metadata import Metadata

A_CLOCK_OFF = timedelta(minutes=1)
SESSION = timedelta(hours=12)
"""Seconds. A login at the provider that is older must be done again."""
LONGEST_SUBJECT, LONGEST_NAME, SMALLEST_RSA = 255, 200, 2048
KINDS: dict[str, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}
HAS = frozenset({"otp", "hwk", "swk", "sc"})
KNOWS_OR_IS = frozenset({"pwd", "pin", "kba", "fpt", "face", "iris", "retina", "vbm"})
"""RFC 8176: a thing that one has, and a thing that one knows or is. Two of the same kind are not two factors."""


@dataclass(frozen=True)
class Expected:
    """What the token must contain: for whom it is, and for which login."""

    metadata: Metadata
    client_id: str
    nonce: str


@dataclass(frozen=True)
class Identity:
    """The person whom the provider names. `proven_at`: when they gave two factors there; None when it does not say.

    `claims`: everything in the token, for a caller that looks for a claim of its own.
    """

    issuer: str
    subject: str
    name: str
    proven_at: datetime | None
    claims: Mapping[str, Any] = field(repr=False, compare=False)


def identity_in(
    token: Any, jwks: dict[str, Any], expected: Expected, now: datetime, proof_acr: Iterable[str]
) -> Identity:
    """Read and check an ID token. Raises ProviderFault for any token that is not for this login."""
    if not isinstance(token, str):
        raise ProviderFault("no_id_token")
    try:
        read = jwt.decode(token, _keys(jwks), algorithms=list(expected.metadata.algorithms))
        return _identity(_checked(read.claims, read.header, expected, now), now, frozenset(proof_acr))
    except (JoseError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as fault:
        raise ProviderFault(f"id_token_{getattr(fault, 'error', 'unreadable')}") from fault


def _keys(jwks: dict[str, Any]) -> KeySet:
    """Return the provider's public keys for signatures. Other keys are left out, first of all a shared secret."""
    listed = jwks.get("keys")
    objects = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    wanted = [item for item in objects if item.get("kty") in KINDS and item.get("use", "sig") == "sig"]
    keys: list[Key] = [key for item in wanted if (key := _key(item)) is not None]
    if not keys:
        raise ProviderFault("no_keys")
    if any(isinstance(key, RSAKey) and key.public_key.key_size < SMALLEST_RSA for key in keys):
        raise ProviderFault("weak_key")
    return KeySet(keys)


def _key(jwk: dict[str, Any]) -> RSAKey | ECKey | None:
    """Return one key; None for a kind that we cannot read, which may be listed with others."""
    try:
        return KINDS[jwk["kty"]].import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError, UnsupportedAlgorithm):
        return None


def _checked(claims: dict[str, Any], header: dict[str, Any], expected: Expected, now: datetime) -> CodeIDToken:
    rules = {"iss": {"essential": True, "value": expected.metadata.issuer}}
    params = {"client_id": expected.client_id, "nonce": expected.nonce}
    read = CodeIDToken(claims, header, rules, params)
    read.validate(int(now.timestamp()), int(A_CLOCK_OFF.total_seconds()))
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if expected.client_id not in audience or (len(audience) > 1 and claims.get("azp") != expected.client_id):
        raise ProviderFault("id_token_audience")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise ProviderFault("id_token_nonce")
    return read


def _identity(claims: dict[str, Any], now: datetime, proof_acr: frozenset[str]) -> Identity:
    subject, name = claims["sub"], claims.get("name")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise ProviderFault("id_token_subject")
    logged_in_at = _logged_in_at(claims.get("auth_time"), now)
    readable = name.strip()[:LONGEST_NAME] if isinstance(name, str) and name.isprintable() else ""
    proven_at = logged_in_at if _is_proof(claims, proof_acr) else None
    return Identity(claims["iss"], subject, readable, proven_at, claims)


def _logged_in_at(said: Any, now: datetime) -> datetime | None:
    """Return when the person logged in at the provider. Without it, a proof there could be old."""
    if not isinstance(said, int | float) or isinstance(said, bool):
        return None
    at = datetime.fromtimestamp(said, UTC)
    if now - at > SESSION + A_CLOCK_OFF or at - now > A_CLOCK_OFF:
        raise ProviderFault("id_token_auth_time")
    return min(at, now)


def _is_proof(claims: dict[str, Any], proof_acr: frozenset[str]) -> bool:
    """Return whether the provider says that two factors were given: by name, or by a level that the owner trusts."""
    said = claims.get("amr") or []
    ways = {way for way in said if isinstance(way, str)}
    acr = claims.get("acr")
    return "mfa" in ways or bool(ways & HAS and ways & KNOWS_OR_IS) or (isinstance(acr, str) and acr in proof_acr)
