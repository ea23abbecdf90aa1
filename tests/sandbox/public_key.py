"""The public half of the sandbox's key, as SendGrid's settings page shows it."""

import base64
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from service.sandbox.keys import ensure_private_key


def public_key_base64(path: Path) -> str:
    """In base64, of its DER; makes the key when there is none."""
    public = ensure_private_key(path).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()
