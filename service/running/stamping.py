"""The time-stamping authority that this installation asks, and the certificates that it trusts for the stamps."""

from collections.abc import Sequence
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates

from service.config import Config, ConfigError
from workflows.outside.time_stamps import Authority


def authority_of(config: Config) -> Authority | None:
    """Return the authority, or None when nobody is asked. Raises ConfigError when the certificates cannot be read."""
    return Authority(config.timestamp_url, trusted_of(config)) if config.timestamp_url else None


def trusted_of(config: Config) -> Sequence[Certificate]:
    """Return the certificates in TIMESTAMP_CA_FILE; none when it is not set.

    Raises ConfigError when it cannot be read.
    """
    if not config.timestamp_ca_file:
        return ()
    try:
        certificates = load_pem_x509_certificates(Path(config.timestamp_ca_file).read_bytes())
    except (OSError, ValueError) as fault:
        raise ConfigError("TIMESTAMP_CA_FILE must be a file with certificates in PEM.") from fault
    if all(certificate.issuer != certificate.subject for certificate in certificates):
        raise ConfigError("TIMESTAMP_CA_FILE must contain a root certificate: one that signed itself.")
    return certificates
