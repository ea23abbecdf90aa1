"""The tables, as the migrations make them: which family each belongs to."""

import re
from pathlib import Path

SQL = Path(__file__).parents[2] / "migrations" / "sql"
ALL = sorted(
    name for file in SQL.glob("*_tables.sql") for name in re.findall(r"^create table (\w+)", file.read_text(), re.M)
)
IDENTITY = ("app_user", "invitation", "login_session", "membership")
SHARED = ("agreed_service", "escalation", "processing_agreement")
ENGINE = ("engine_handler", "engine_pulse")
"""About processes: no organisation, no person."""
WALLED = [name for name in ALL if name not in (*IDENTITY, *ENGINE)]
OWNED = [name for name in WALLED if name not in (*SHARED, "organisation")]
FOR_GOOD = ("history", "incident", "incident_client", "mail_event", "organisation_key")
"""Written once, never changed."""
