"""Payloads that must never succeed: broken, overlong and deep bodies, injections of every kind, climbing paths."""

from tests.trials.attack.judging import EVIL_HOST, PRODUCT, SCRIPT

LONG = 1024 * 1024
WORDS: dict[str, str] = {
    "sql": "' or 1=1; drop table breach; --",
    "sql in quotes": '" union select password_hash from app_user --',
    "template": PRODUCT + "${7*7919191919}<%= 7*7919191919 %>",
    "markup": f'{SCRIPT}"><img src=x onerror=alert(1)>',
    "formula": '=HYPERLINK("http://evil.example";"klik")',
    "formula with a tab": "\t+1+cmd|' /C calc'!A0",
    "header": "Naam\r\nX-Injected: ja\r\nBcc: iedereen@evil.example",
    "climbing": "../../../../etc/passwd",
    "climbing, encoded twice": "%252e%252e%252fetc%252fpasswd",
    "absolute": "/etc/passwd",
    "device": "CON.txt",
    "nul": "naam\x00.csv",
    "turned around": "naam\u202etxt.exe",
    "combining": "e\u0301" * 40,
    "full width": "ａｄｍｉｎ＜script＞",
    "invisible": "\u200b\ufeff\u2060",
    "astral": "\U0001f4a9" * 30,
    "number": "99999999999999999999999999",
    "less than nothing": "-1",
    "not a number": "NaN",
    "format": "%s%s%n{0.__class__}",
    "shell": "$(reboot)`reboot`;reboot",
    "far away": f"//{EVIL_HOST}/%2e%2e",
    "scheme": "javascript:alert(1)",
    "long ago": "-9999-01-01T00:00:00Z",
    "far future": "9999-12-31T23:59:59.999999-23:59",
    "long": "x" * 20_000,
}
BODIES: dict[str, tuple[str, bytes]] = {
    "deep lists": ("application/json", b"[" * 10_000 + b"]" * 10_000),
    "deep objects": ("application/json", b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
    "binary": ("application/json", bytes(range(256)) * 8),
    "invalid utf-8": ("application/json", b'{"title": "\xff\xfe\xc0\x80"}'),
    "half characters": ("application/json", b'{"title": "\\ud800", "name": "\\udfff\\ud800"}'),
    "nul": ("application/json", b'{"title": "a\\u0000b", "name": "\\u0000", "email": "a\\u0000@b.nl"}'),
    "one megabyte": ("application/json", b'{"title": "' + b"x" * LONG + b'"}'),
    "twice the same": ("application/json", b'{"title": "a", "title": "b", "organisation": "kantoor-a"}'),
    "not an object": ("application/json", b'"text"'),
    "nothing": ("application/json", b""),
    "null": ("application/json", b"null"),
    "infinity": ("application/json", b'{"people_min": Infinity, "limit": NaN}'),
    "huge number": ("application/json", b'{"people_min": 1e400, "people_max": ' + b"9" * 500 + b"}"),
    "prototype": ("application/json", b'{"__proto__": {"role": "owner"}, "constructor": {}, "role": ["owner"]}'),
    "plain text": ("text/plain", b'{"title": "x"}'),
    "xml": ("application/xml", b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'),
    "form": ("application/x-www-form-urlencoded", b"title=x&organisation=kantoor-a"),
    "other charset": ("application/json; charset=utf-7", b'{"title": "+AGEAYg-"}'),
    "bad multipart": ("multipart/form-data; boundary=x", b"--y\r\nnothing"),
    "climbing upload": (
        "multipart/form-data; boundary=zq",
        b'--zq\r\nContent-Disposition: form-data; name="recipients_file"; filename="../../etc/passwd\x00.csv"\r\n'
        b"Content-Type: text/csv\r\n\r\nnaam;e-mail\r\n=cmd|calc;a@b.example\r\n--zq--\r\n",
    ),
    "no such kind": ("x" * 300, b"{}"),
    "csv of formulas": ("text/csv", b"naam;e-mail\r\n=1+1;\"@SUM(1)@evil.example\r\nBcc: x@y.nl\"\r\n"),
    "csv of nothing": ("text/csv", b"\x00\xff\xfe" * 50),
}
HEADERS: dict[str, tuple[tuple[str, str], ...]] = {
    "another host": (("Host", EVIL_HOST),),
    "forwarded": (
        ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Host", EVIL_HOST), ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Prefix", "/evil"), ("Forwarded", f"for=1.1.1.1;host={EVIL_HOST};proto=https"),
    ),
    "rewritten": (("X-Original-URL", "/metrics"), ("X-Rewrite-URL", "/metrics")),
    "overridden": (("X-HTTP-Method-Override", "DELETE"), ("X-Method-Override", "DELETE"), ("X-HTTP-Method", "DELETE")),
    "strange tags": (("If-Match", '"-1", W/"x", \x01'), ("If-None-Match", "*"), ("Range", "bytes=0-1,5-")),
    "strange languages": (("Accept-Language", "../../etc/passwd;q=9,nl;q=x"), ("Accept", "*/*;q=NaN")),
    "strange cookies": (("Cookie", "language=../../etc; meldketen_browser=\"\xff{}\"; session=.eJx; =; a"),),
    "strange bearer": (("Authorization", "Bearer \xff\u2028 x y"),),
    "strange scheme": (("Authorization", "Basic YTpi"),),
    "long header": (("X-Long", "x" * 7000),),
    "a key to repeat": (("Idempotency-Key", "x" * 5000),),
    "a strange key": (("Idempotency-Key", "\u00e9\x01'--"),),
}  # fmt: skip
PATHS = (
    "/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fconfig.py", "/static/%2e%2e/%2e%2e/service/config.py",
    "/api/docs/static/../../../config.py", "/static//etc/passwd", "/o/%2e%2e/register", "//evil.example/%2e%2e",
    "/o/" + "a" * 3500, "/receipt/" + "%F0%9F%92%A9" * 200, "/o/%00/register", "/o/%ff%fe/register",
    "/o/kantoor-a%0d%0aX-Injected:%20ja/register",
    "/language/nl?next=//evil.example", "/login?next=https://evil.example",
    "/login?next=%0d%0aX-Injected:ja", "/login?next=/%5cevil.example", "/genuine?code=%00", "/genuine?code=%ed%a0%80",
    "/api/genuine/%00", "/api/genuine/" + "9" * 2000, "/login/%00", "/login/../metrics", "/receipt/%00",
    "/contact/%00",
    "/invitation/%00", "/password-reset/%00", "/api/invitations/%00", "/.git/config", "/.env", "/wsgi.py",
    "/static/", "/api", "/api/", "/api/o/kantoor-a//breaches", "/API/openapi.json", "/api/openapi.json/",
    "/o/kantoor-a", "/server-status",
    "/login/oidc/callback?state=x&code=y&iss=https://evil.example", "/login/oidc/callback?error=%0d%0aX-Injected:ja",
)  # fmt: skip
QUERIES = (
    "limit=-1", "limit=99999999999999999999", "limit=%00", "limit=1&limit=2", "after=%00", "after=' or 1=1--",
    "after=AAAA", "after=" + "x" * 4000, "limit[]=1&after[$ne]=1", "organisation=klant-b&organisation=klant-c",
    "state=%ed%a0%80&q=%00",
    "year=0&year=99999", "next=//evil.example", "lang=../../etc/passwd", "page=-1&page=x&page=1e9", "%00=%00",
    "&&&=&=", "a" * 3000,
)  # fmt: skip
EMPTY = ("", " ", "\u00a0", "\u200b", "\u200b\ufeff\u2060")
"""Values that fill in nothing: the empty text, spaces, and invisible characters."""
METHODS = ("PATCH", "TRACE", "PROPFIND", "DELETE", "PUT", "POST", "GET", "OPTIONS", "HEAD", "FOO", "get")
