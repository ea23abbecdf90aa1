"""A real database, a fresh organisation for each test, a real sandbox, and the other end of its webhook."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from service.embedded.servers import temporary_servers
from service.release import release
from tenants.database import db
from tenants.isolation import acting_for_nobody
from tenants.sealing import use_master_key
from tests.conftest import BASE_URL, SANDBOX_URL
from tests.mail.servers import KEY, Receiver, Sandbox, poll
from tests.operating import OPERATORS, know

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="package")
def app() -> Iterator[Flask]:
    """The bare app that the session of the database needs."""
    with temporary_servers() as servers:
        servers.new_database("mail")
        config = servers.config(BASE_URL, SANDBOX_URL, "mail")
        release(config)
        there = servers.postgres.url("mail").replace("postgresql://", "postgresql+psycopg://", 1)
        OPERATORS["mail"] = create_engine(there, pool_pre_ping=True)
        bare = Flask("mail")
        bare.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
        db.init_app(bare)
        use_master_key(os.urandom(32))
        with bare.app_context():
            yield bare
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def organisation(app: Flask) -> UUID:
    """An organisation of one's own."""
    return found()


@pytest.fixture
def another(app: Flask) -> UUID:
    """One that has nothing to do with it."""
    return found()


def found() -> UUID:
    slug = f"o-{uuid4().hex}"
    with acting_for_nobody():
        founded = text("select found_organisation(:slug, 'Kantoor', null)")
        made: UUID = db.session.scalars(founded, {"slug": slug}).one()
    know(made)
    return made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            there.events += json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Receiver(server)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield there
    server.shutdown()
    server.server_close()


@pytest.fixture
def sandbox(tmp_path: Path, receiver: Receiver) -> Iterator[Sandbox]:
    """A sandbox of one's own, whose events go to the receiver."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve = [sys.executable, "-m", "gunicorn", "-w", "1", "-k", "gthread", "--threads", "4"]
    serve += ["--bind", f"127.0.0.1:{port}", "--no-control-socket", "service.sandbox.app:from_environment()"]
    folder = tmp_path / "sandbox"
    folder.mkdir()
    environ = {"SENDGRID_API_KEY": KEY, "SANDBOX_DIR": str(folder), "WEBHOOK_URL": receiver.url}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(serve, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True)
    try:
        started = Sandbox(f"http://127.0.0.1:{port}", process)
        poll(started.is_up)
        yield started
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
