"""The headers of every answer: a strict content policy with a nonce, no framing, no sniffing, no storing."""

from flask import Flask, Response, request

from service.admission.admission import admission
from service.http.cookies import is_https

PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
HSTS = "max-age=31536000; includeSubDomains"
LEAVING = "web.login.log_out"
FORGET = '"cache", "storage"'
"""Without "cookies": the session's cookie is deleted by itself, and a known browser must stay known."""


def csp_nonce() -> str:
    """Return the nonce for the scripts of this answer."""
    return admission().nonce


def _protect(answer: Response) -> Response:
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    carried = PLAIN | {"Content-Security-Policy": policy}
    endpoint = request.endpoint or ""
    if is_https():
        carried["Strict-Transport-Security"] = HSTS
    if endpoint == LEAVING:
        carried["Clear-Site-Data"] = FORGET
    if not endpoint.endswith("static"):
        carried["Cache-Control"] = "no-store"
    there = {name.lower() for name, _ in answer.headers}
    for name, value in carried.items():
        if name.lower() not in there:
            answer.headers.add(name, value)
    return answer


def register(app: Flask) -> None:
    """Set these headers on every answer, errors included."""
    app.after_request(_protect)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
