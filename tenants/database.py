"""The one database and its base class. Tables and policies are made by migrations/, never from here."""

from datetime import datetime
from select import POLLIN, poll
from typing import Any
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, event, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, Pool

# Facts read in one transaction may be looked at after it, for instance who is logged in.
db = SQLAlchemy(session_options={"expire_on_commit": False})


class Record(DeclarativeBase):
    """A row of ours. Moments are aware, in UTC; jsonb holds dicts and lists."""

    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[datetime]: ARRAY(DateTime(timezone=True)),
    }


class Owned:
    """A row of one organisation: its key begins with that organisation, so no id of another can be guessed at."""

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


@event.listens_for(Pool, "checkout")
def _refuse_one_that_hung_up(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
    """Discard a connection that the server closed. The socket shows it, so no query is needed."""
    if entry.info.setdefault("used", False):
        line = poll()
        line.register(connection.pgconn.socket, POLLIN)
        if line.poll(0):
            raise DisconnectionError()
    entry.info["used"] = True
