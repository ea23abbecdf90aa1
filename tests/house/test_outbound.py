"""Whatever the product asks of somebody outside has one deadline: no module opens a line of its own."""

import ast

from tests.house.reading import name_of, nodes

OUTBOUND = {
    "create_connection", "getaddrinfo", "gethostbyname", "gethostbyaddr", "socket", "urlopen", "build_opener",
    "urlretrieve", "HTTPConnection", "HTTPSConnection", "SMTP", "SMTP_SSL", "IMAP4", "FTP", "SendGridAPIClient",
    "Redis", "StrictRedis", "from_url", "create_engine", "PoolManager", "AsyncClient", "ServerProxy",
}  # fmt: skip
LIBRARIES = {"urllib.request", "requests", "httpx", "urllib3", "aiohttp", "smtplib", "ftplib", "imaplib", "xmlrpc"}
ALLOWED = {
    "workflows/outside/exchanges.py": "HTTP to anybody, in one deadline",
    "workflows/running/rq_hints.py": "Redis, in one deadline",
    "migrations/env.py": "migrations, run by a person, as the owner",
    "service/running/operator.py": "commands of the operator, run by a person, as the owner",
    "service/embedded/ports.py": "looks at this machine's own ports while it starts",
    "service/embedded/valkey.py": "looks at its own server while it starts",
}
FROM_OUTSIDE = "service/story/"
"""A story drives a service from outside; nothing of it runs in one."""
DATABASE_OPTIONS = {"connect_timeout", "tcp_user_timeout", "keepalives_idle"}


def test_only_the_listed_modules_open_a_connection_to_the_outside() -> None:
    importers = {
        str(file) for file, node in nodes("service", "workflows", "tenants", "migrations")
        if not str(file).startswith(FROM_OUTSIDE) and _opens(node)
    }  # fmt: skip
    assert importers == set(ALLOWED)


def test_every_question_has_a_deadline_that_is_written_down() -> None:
    """`ask` takes one by position, so none is left out; each is a module's own constant or comes from its caller."""
    asked = [
        (str(file), node) for file, node in nodes("service", "workflows", "tenants")
        if isinstance(node, ast.Call) and name_of(node.func) == "Deadline"
    ]  # fmt: skip
    assert {file for file, _ in asked} == {
        "service/doctor/asking.py", "service/oidc/fetching.py", "service/sandbox/courier.py",
        "workflows/mail/sendgrid.py", "workflows/outside/time_stamps.py",
    }  # fmt: skip
    assert all(len(node.args) == 2 for _, node in asked)


def test_waiting_for_the_database_has_a_limit() -> None:
    words = {node.value for file, node in nodes("service") if str(file) == "service/running/app_without_routes.py"
             and isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
    assert words >= DATABASE_OPTIONS


def _opens(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return name_of(node.func) in OUTBOUND
    if isinstance(node, ast.Import):
        return any(name.name in LIBRARIES for name in node.names)
    return isinstance(node, ast.ImportFrom) and node.module in LIBRARIES

