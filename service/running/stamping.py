"""Which time-stamping authority this installation asks, and whom it trusts to vouch for the stamps."""

from collections.abc import Sequence
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates

from service.config import Config, ConfigError
from workflows.outside.time_stamps import Authority


def authority_of(config: Config) -> Authority | None:
    """None where nobody is asked. Raises ConfigError when the file of certificates cannot be read."""
    return Authority(config.timestamp_url, trusted_of(config)) if config.timestamp_url else None


def trusted_of(config: Config) -> Sequence[Certificate]:
    """The certificates in TIMESTAMP_CA_FILE; none where it is not set. Raises ConfigError."""
    if not config.timestamp_ca_file:
        return ()
    try:
        certificates = load_pem_x509_certificates(Path(config.timestamp_ca_file).read_bytes())
    except (OSError, ValueError) as fault:
        raise ConfigError("TIMESTAMP_CA_FILE must be a file with certificates in PEM.") from fault
    if all(certificate.issuer != certificate.subject for certificate in certificates):
        raise ConfigError("TIMESTAMP_CA_FILE must contain a root certificate: one that signed itself.")
    return certificates
