"""The letter to an organisation's registered address. Its code proves that a register is its own."""

from datetime import date, datetime
from pathlib import Path

import typst
from babel.dates import format_date

from service.words.law_texts import law_texts
from workflows.law.periods import AMSTERDAM

TEMPLATE = Path(__file__).parent / "verification.typ"


def letter(
    organisation: str, address: str, code: str, until: datetime, today: date, where: str, sender: str,
    language: str = "nl",
) -> bytes:  # fmt: skip
    """Return the tagged PDF, made without files or network. `address` has a line for each line of the address."""
    words = law_texts("letter", language)
    values = {"organisation": organisation, "where": where, "until": _day(until.astimezone(AMSTERDAM), language)}
    texts = {key: text.format(**values) for key, text in words.items()}
    beside = {"address": address, "code": code, "sender": sender, "language": language, "day": _day(today, language)}
    pdf: bytes = typst.compile(
        TEMPLATE, root=TEMPLATE.parent, ignore_system_fonts=True, format="pdf", pdf_standards="ua-1",
        sys_inputs=texts | beside,
    )  # fmt: skip
    return pdf


def _day(day: date, language: str) -> str:
    return str(format_date(day, "d MMMM y", language))
