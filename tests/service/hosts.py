"""Names of hosts under which this service is reached, and foreign ones."""

FOREIGN_HOSTS = (
    "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "169.254.169.254", "evil.example:8000",
    "meldketen.example.nl.evil.example", "[fe80::1]", "x@evil.example",
)  # fmt: skip
OUR_HOSTS = ("127.0.0.1:8000", "localhost", "localhost:9999", "[::1]:8000", "127.0.0.1")
