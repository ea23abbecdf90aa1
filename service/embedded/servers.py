"""PostgreSQL and Valkey from wheels, in one data folder."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from service.config import Config
from service.embedded.databases import APP, DATABASE, EMPTY, OWNER, drop_database, make_database, prepare_roles
from service.embedded.folder import DataFolder
from service.embedded.keys import load_keys, write_private
from service.embedded.postgres import Postgres
from service.embedded.valkey import Valkey
from service.possible_settings import database_url


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of the started servers."""

    owner_url: str = field(repr=False)
    app_url: str = field(repr=False)
    redis_url: str = field(repr=False)


class Embedded:
    """Both servers of one data folder, which this process holds from now until ``stop``.

    ``start`` may be called again at any time: it starts what does not run. ``durable=False`` is for tests only. With
    ``outlives=False`` the servers end when this process does. With ``holds=False`` another process holds the servers,
    so they are neither started nor stopped here.
    """

    def __init__(
        self, folder: Path, *, durable: bool = True, outlives: bool = True, holds: bool = True
    ) -> None:  # fmt: skip
        self.folder = DataFolder(folder)
        if holds:
            self.folder.make()
            self.folder.take()
        self.keys = load_keys(self.folder.keys)
        self.postgres = Postgres(
            self.folder, self.keys.superuser_password, durable=durable, outlives=outlives
        )
        self.valkey = Valkey(self.folder, self.keys.valkey_password, outlives=outlives)

    def start(self) -> Addresses:
        """Start or find both servers, and make sure that the roles and the database exist."""
        write_private(self.folder.sandbox_key, self.keys.sandbox_private_key)
        self.valkey.start()
        self.postgres.start()
        superuser = self.postgres.url("postgres")
        prepare_roles(superuser, self.keys)
        make_database(superuser, DATABASE)
        return self.addresses()

    def addresses(self, database: str = DATABASE) -> Addresses:
        """Return the addresses of a database on the server, and of Valkey."""
        return Addresses(
            owner_url=database_url(self.postgres.url(database, OWNER, self.keys.owner_password)),
            app_url=database_url(self.postgres.url(database, APP, self.keys.app_password)),
            redis_url=self.valkey.url(),
        )

    def new_database(self, name: str, template: str = EMPTY) -> tuple[str, str]:
        """Make a database, as a copy of `template` if named. Return its addresses for the owner and the app."""
        make_database(self.postgres.url("postgres"), name, template)
        addresses = self.addresses(name)
        return addresses.owner_url, addresses.app_url

    def drop_database(self, name: str) -> None:
        """Remove a database that ``new_database`` made."""
        drop_database(self.postgres.url("postgres"), name)

    def running(self) -> bool:
        """Return whether the processes of both servers run."""
        return self.postgres.pid() is not None and self.valkey.pid() is not None

    def stop(self) -> None:
        """Stop both servers and release the folder."""
        self.valkey.stop()
        self.postgres.stop()
        self.folder.release()

    def config(self, base_url: str, sandbox_url: str, database: str = DATABASE) -> Config:
        """Return the settings of an installation on these servers, with the sandbox as SendGrid."""
        addresses = self.addresses(database)
        return Config(
            database_url=addresses.app_url,
            owner_database_url=addresses.owner_url,
            redis_url=addresses.redis_url,
            secret_key=self.keys.secret_key,
            master_key=self.keys.master_key,
            base_url=base_url,
            sendgrid_api_key=self.keys.sendgrid_api_key,
            sendgrid_host=sandbox_url,
            sendgrid_webhook_public_keys=(self.keys.webhook_public_key(),),
            mail_from="meldketen@example.nl",
            sandbox_dir=str(self.folder.sandbox),
            sandbox_private_key=str(self.folder.sandbox_key),
            webhook_url=f"{base_url}/webhooks/sendgrid",
        )


@contextmanager
def temporary_servers(*, durable: bool = False) -> Iterator[Embedded]:
    """Yield both servers in a folder that is removed afterwards, for tests and trials."""
    folder = Path(tempfile.mkdtemp(prefix="meldketen-"))
    servers = Embedded(folder, durable=durable, outlives=False)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
