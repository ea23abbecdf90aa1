"""Logging in and out: a cookie that holds a session's token and nothing else."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from service.access import COOKIE, public, session_token
from service.schemas.person import LoginSchema
from service.texts import t
from service.web.forms import Form
from service.web.layout import own_path
from tenants.sessions import LASTS, begin_session, end_session
from tenants.users import User, user_with

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
@public
def ask() -> ResponseReturnValue:
    """Who are you?"""
    return render_template("login.html", form=Form.beginning_with({}), next=own_path(request.args.get("next")))


@blueprint.post("/login")
@public
def log_in() -> ResponseReturnValue:
    """A session for whoever knows the password."""
    form = Form.posted()
    values = form.load(LoginSchema())
    user = user_with(**values) if values else None
    if user is None:
        form.faults = form.faults or [_not_known()]
        return render_template("login.html", form=form, next=own_path(request.args.get("next"))), 422
    return admit(user, own_path(request.args.get("next")))


@blueprint.post("/logout")
def log_out() -> ResponseReturnValue:
    """The session ends at once, also elsewhere."""
    end_session(session_token() or "")
    answer = redirect("/login", 303)
    answer.delete_cookie(COOKIE)
    return answer


def admit(user: User, target: str) -> ResponseReturnValue:
    """Begin a session and go where the user wanted to be."""
    answer = redirect(target, 303)
    secure = request.is_secure
    answer.set_cookie(COOKIE, begin_session(user), max_age=LASTS, httponly=True, samesite="Lax", secure=secure)
    return answer


def _not_known() -> dict[str, object]:
    return {"field": "email", "key": "login.refused", "line": None, "message": t("login.refused")}
