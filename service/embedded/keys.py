"""The secrets of an embedded installation: made at the first start, and kept in one private file."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from service.embedded.errors import EmbeddedError


@dataclass(frozen=True, slots=True)
class Keys:
    """Every password and key of one installation; none of them is ever printed."""

    superuser_password: str = field(repr=False)
    owner_password: str = field(repr=False)
    app_password: str = field(repr=False)
    valkey_password: str = field(repr=False)
    secret_key: str = field(repr=False)
    master_key: str = field(repr=False)
    sendgrid_api_key: str = field(repr=False)
    sandbox_private_key: str = field(repr=False)

    def webhook_public_key(self) -> str:
        """Return the public half of the sandbox's signing key, for the webhook: base64 of its DER."""
        private = serialization.load_pem_private_key(self.sandbox_private_key.encode(), password=None)
        der = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(der).decode()


def load_keys(path: Path) -> Keys:
    """Return the keys in the file, which is made when there is none.

    Raises EmbeddedError for a file that is not right.
    """
    if not path.exists():
        write_private(path, json.dumps(asdict(_new_keys()), indent=2))
    try:
        return Keys(**json.loads(path.read_text()))
    except (ValueError, TypeError) as error:
        raise EmbeddedError(f"{path} cannot be read ({error}); put the right file back.") from None


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, whole or not at all."""
    staged = path.with_name(path.name + ".new")
    staged.unlink(missing_ok=True)
    handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    staged.rename(path)


def _new_keys() -> Keys:
    return Keys(
        superuser_password=secrets.token_urlsafe(24),
        owner_password=secrets.token_urlsafe(24),
        app_password=secrets.token_urlsafe(24),
        valkey_password=secrets.token_urlsafe(24),
        secret_key=secrets.token_urlsafe(48),
        master_key=base64.b64encode(secrets.token_bytes(32)).decode(),
        sendgrid_api_key=f"SG.{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}",
        sandbox_private_key=_new_signing_key(),
    )


def _new_signing_key() -> str:
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )
