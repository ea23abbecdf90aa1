"""The same page of a register written by hand: a bare Flask view, psycopg and orjson, behind the same policies.

With `login` it also asks who holds the token and at which organisations, as every route must; without, it lets anybody
in.
"""

import hashlib
import threading
from typing import Any
from uuid import UUID

import orjson
import psycopg
from flask import Flask, Response, abort, request
from psycopg.rows import dict_row
from sqlalchemy import select

from tenants.register.breaches import LIST_COLUMNS
from workflows.notification.decision_state import decision_state

SESSION = """
    select u.id, u.name, u.locale, s.proof_at from app_user u join login_session s on s.user_id = u.id
     where s.token_hash = %s and s.expires_at > now() and s.revoked_at is null
       and s.last_seen_at > now() - interval '1 hour'"""
PLACES = "select organisation_id, slug, name, role from memberships_of(%s)"
ACT = "select set_config('app.organisation', %s, true)"
ROWS = str(select(*LIST_COLUMNS))
PAGE = f"{ROWS} where organisation_id = %s order by created_at desc, id desc limit %s"


def raw_app(database_url: str, slugs: dict[str, UUID]) -> Flask:
    """Return an app with three views: /hello, /open/<slug> and /login/<slug>."""
    app, connections = Flask("raw"), threading.local()
    address = database_url.replace("+psycopg", "")

    def connected() -> psycopg.Connection[dict[str, Any]]:
        if not hasattr(connections, "opened"):
            connections.opened = psycopg.connect(address, autocommit=True, row_factory=dict_row)
        return connections.opened

    def page(organisation: UUID) -> Response:
        connection, limit = connected(), 50
        with connection.transaction():
            connection.execute(ACT, (str(organisation),))
            rows = connection.execute(PAGE, (organisation, limit + 1)).fetchall()
        for row in rows:
            row["done_alone"] = []  # the bench has no act that somebody did alone; our own page asks for them
        for row in rows:
            row["decision_state"] = decision_state(row["decision"], row["decided_at"], row["submitted_at"])
        body = {"items": rows[:limit], "next": str(rows[limit]["id"]) if len(rows) > limit else None}
        return Response(orjson.dumps(body), mimetype="application/json")

    @app.get("/hello")
    def hello() -> str:
        return "Hello, World!"

    @app.get("/open/<slug>")
    def let_in(slug: str) -> Response:
        return page(slugs[slug])

    @app.get("/login/<slug>")
    def logged_in(slug: str) -> Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        user = connected().execute(SESSION, (hashlib.sha256(token.encode()).digest(),)).fetchone()
        places = connected().execute(PLACES, (user["id"],)).fetchall() if user else []
        place = next((seat for seat in places if seat["slug"] == slug), None)
        return page(place["organisation_id"]) if place else abort(404)

    return app
