"""Links that somebody typed are shown as text, in both parts of a mail: `hxxps://example[.]com`, never one to follow.

Only those to a domain that the operator allowed this organisation stay as they are. Our own links are no free text.
"""

import re
from collections.abc import Collection

FILES = "pdf|docx?|xlsx?|csv|txt|xml|json|html?|png|jpe?g|zip|eml|msg"
LINK = re.compile(
    rf"(?<![\w.@/-])(?:(?P<scheme>https?|ftp)://(?P<at>[^\s<>\"']+)"
    rf"|(?P<bare>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?!(?:{FILES})\b)[a-z]{{2,24}})(?![\w@-]|\.[a-z]))",
    re.IGNORECASE,
)

# A whole host, and nothing that a browser reads otherwise: no name before an @, no backslash.
HOST = re.compile(r"([a-z0-9.-]+)(?::[0-9]{1,5})?(?=[/?#]|$)", re.IGNORECASE)


def as_text_only(value: str, allowed: Collection[str] = ()) -> str:
    """The same words, in which no mail program sees a link, but for those to the allowed domains."""
    return LINK.sub(lambda found: _shown(found, allowed), value) if "." in value or "://" in value else value


def _shown(found: re.Match[str], allowed: Collection[str]) -> str:
    plain = HOST.match(found["at"] or found["bare"])
    host = plain[1].lower() if plain else ""
    if any(host == domain or host.endswith(f".{domain}") for domain in allowed):
        return found[0]
    if found["scheme"]:
        scheme = found["scheme"].lower().replace("tt", "xx").replace("ftp", "fxp")
        return f"{scheme}://{found['at'].replace('.', '[.]')}"
    return found["bare"].replace(".", "[.]")
