"""The functions with which a template writes texts, moments and numbers."""

from datetime import UTC, datetime

from flask import Flask

from service.words.moments import MomentOnPage, moment_on_page, time_left
from service.words.texts import has_text, locale, number, t


def register(app: Flask) -> None:
    """Register them with the app's templates."""
    app.jinja_env.globals.update(
        t=t, has_text=has_text, locale=locale, local_moment=_local_moment, time_left=time_left, number=number,
        moment_words=lambda moment: _local_moment(moment, "long"), utc_now=_now,
    )  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC)


def _local_moment(moment: datetime, style: str = "short") -> MomentOnPage | str:
    return moment_on_page(moment, style, _now())
