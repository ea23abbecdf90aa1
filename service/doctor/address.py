"""The public address: does it answer, by our name, and does its clock agree with this machine's?"""

import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from service.config import Config
from service.doctor.asking import Heard, get
from service.doctor.findings import Finding, ok, unknown, wrong
from service.safe_settings import is_this_machine

MOST_DRIFT_S = 5.0
"""The header Date has whole seconds, and the answer was under way for some of them."""
WRONG_NAME = 421


def check_address(config: Config, now: Callable[[], float] = time.time) -> Iterator[Finding]:
    """Ask the public address whether it lives, and for a page, which is refused under another name."""
    url = config.base_url
    alive = get(f"{url}/healthz")
    if not alive.status:
        yield wrong("address.silent", url=url, fault=alive.fault)
        return
    if alive.status != 200 or alive.json() != {"alive": True}:
        yield wrong("address.not_ours", url=url, status=alive.status)
        return
    page = get(f"{url}/genuine")
    if page.status == WRONG_NAME:
        yield wrong("address.other_name", url=url)
    elif page.status != 200:
        yield wrong("address.no_page", url=url, status=page.status)
    else:
        yield ok("address.answers", url=url)
    yield _safe(config)
    yield _drift(alive, now())


def _safe(config: Config) -> Finding:
    host = urlsplit(config.base_url).hostname or ""
    if is_this_machine(host):
        return unknown("safe.this_machine")
    return ok("safe.https") if config.proxies else wrong("safe.no_proxy")


def _drift(alive: Heard, now: float) -> Finding:
    try:
        there = parsedate_to_datetime(alive.headers.get("Date", "")).timestamp()
    except (TypeError, ValueError):
        return unknown("web_clock.no_date")
    drift = there - now
    return ok("web_clock.agrees") if abs(drift) <= MOST_DRIFT_S else wrong("web_clock.differs", seconds=round(drift))
