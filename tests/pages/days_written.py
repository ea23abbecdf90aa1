"""Days on a page or in a mail that are not written day first, in words or in the order of the page's language."""

import re
from html import unescape

MONTHS = (
    "januari|january|jan|februari|february|feb|maart|march|mrt|mar|april|apr|mei|may|juni|june|jun|juli|july|jul|"
    "augustus|august|aug|september|sep|oktober|october|okt|oct|november|nov|december|dec"
)
YEAR_FIRST = re.compile(r"(?<![\w-])(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.]\d{1,2}(?!\w)")
MONTH_FIRST = re.compile(
    rf"\b(?:{MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?![:.]\d)|\b\d{{1,2}}[-/](?:1[3-9]|2\d|3[01])[-/]\d{{4}}", re.I
)
OTHER_ORDER = {"nl": re.compile(r"\b\d{1,2}/\d{1,2}/\d{4}\b"), "en": re.compile(r"\b\d{1,2}-\d{1,2}-\d{4}\b")}
"""The signs with which the other language writes a day."""
UNSEEN = re.compile(r"<(script|style|head)\b.*?</\1>|<input type=\"hidden\"[^>]*>|<!--.*?-->", re.S)
SHOWN = re.compile(r'\b(?:value|title|aria-label|placeholder|data-label)="([^"]*)"')
TAG = re.compile(r"<[^>]*>")


def wrongly_written(html: str, language: str) -> list[str]:
    """Return each day that a reader sees in another order than that of this language, also in a field or a title."""
    seen = UNSEEN.sub(" ", html)
    words = [unescape(TAG.sub(" ", seen)), *(unescape(value) for value in SHOWN.findall(seen))]
    patterns = (YEAR_FIRST, MONTH_FIRST, OTHER_ORDER[language])
    return [match[0] for text in words for pattern in patterns for match in pattern.finditer(" ".join(text.split()))]
