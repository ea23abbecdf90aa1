"""Settings of an installation that are all possible."""

import base64

COMPLETE = {
    "DATABASE_URL": "postgres://app:secret@db.example/meldketen?sslmode=verify-full",
    "REDIS_URL": "rediss://:secret@redis.example:6379/0",
    "SECRET_KEY": "a-secret-of-forty-signs-0123456789-abcdef",
    "MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
    "BASE_URL": "https://meldketen.example/",
    "SENDGRID_API_KEY": "SG.key",
    "SENDGRID_HOST": "https://api.eu.sendgrid.com",
    "SENDGRID_WEBHOOK_PUBLIC_KEYS": "first, second",
    "MAIL_FROM": "meldketen@example.nl",
}
PROVIDER = {
    "ORGANISATION_PROVIDER_ISSUER": "https://broker.example/", "ORGANISATION_PROVIDER_CLIENT_ID": "meldketen",
    "ORGANISATION_PROVIDER_CLIENT_SECRET": "geheim", "ORGANISATION_PROVIDER_CLAIM": "urn:etoegang:1.9:KvKnr",
    "ORGANISATION_PROVIDER_ACR": "urn:loa3, urn:loa4",
}  # fmt: skip
