"""The command lines of the processes that run on one machine."""

import sys

WORKER = "service.http.web_worker.WholeRequests"
JSON_LOG = "service.http.gunicorn_log.JsonLog"
SANDBOX_APP = "service.sandbox.app:from_environment()"
SHARED = ["--reuse-port"]  # The function hold of service/embedded/ports.py holds the port for it.


def command(*words: str) -> list[str]:
    """Return the command line of one of our own commands, in this same Python."""
    return [sys.executable, "-m", "service.cli", *words]


def web_command(base_url: str) -> list[str]:
    """Return the command line of the web server, as in the Procfile, on this machine only."""
    shape = ["--logger-class", JSON_LOG, "--preload", "--workers", "2", "--threads", "8"]
    return [*_gunicorn(base_url), *shape, "wsgi:app"]


def sandbox_command(sandbox_url: str) -> list[str]:
    """Return the command line of the SendGrid sandbox: one process, because it keeps its index in memory."""
    return [*_gunicorn(sandbox_url), "--workers", "1", "--threads", "8", SANDBOX_APP]


def _gunicorn(url: str) -> list[str]:
    quiet = ["--no-control-socket", "--graceful-timeout", "8", "--log-level", "warning"]
    address = url.removeprefix("http://")
    return [sys.executable, "-m", "gunicorn", "--worker-class", WORKER, "--bind", address, *SHARED, *quiet]
