"""The form of the columns of a file, as it stands on its page, and a notice whose list comes from files."""

import io
import re
from typing import Any

from werkzeug.test import TestResponse

from tests.pages.conftest import Reader
from tests.pages.forms import visible
from tests.pages.worlds import Controller, Login, a_begun_notice

THREE = b"naam;e-mail;rekening\nAns;ans@example.nl;NL01\nBob;bob@@x;NL02\nCas;;NL03\n"
UPLOAD = re.compile(r'action="([^"]+/files/new/[^"]+)"')


def chosen_on(page: str) -> dict[str, str]:
    """The form of the columns as it stands on its page: hidden fields, what is selected, and what is ticked."""
    hidden = dict(re.findall(r'type="hidden" name="((?:columns|orders)\.[^"]+)" value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        selected = re.search(r'value="([^"]*)"\s+selected', options)
        hidden[name] = selected[1] if selected else ""
    ticked = re.findall(r'type="radio"[^>]* name="([^"]+)" value="([^"]*)"\s+checked', page)
    rows = re.search(r'name="headings_row"[^>]*\s+value="([^"]*)"', page)
    return hidden | dict(ticked) | {"headings_row": rows[1] if rows else ""}


class OfAList:
    """Olga with a notice whose list is blank, and the pages of its files."""

    def __init__(self, reader: Login) -> None:
        self.there: Controller = a_begun_notice(reader)
        self.olga: Reader = self.there.olga
        self.send_to = UPLOAD.findall(self.olga.see(self.there.page))[0]

    def sent(self, content: bytes, name: str = "lijst.csv", **more: Any) -> TestResponse:
        return self.olga.send(self.send_to, {"file": (io.BytesIO(content), name), **more}, seen=self.there.page)

    def columns_of(self, content: bytes, name: str = "lijst.csv") -> str:
        """Where the columns of a file are asked about."""
        answer = self.sent(content, name)
        assert answer.status_code == 303, visible(answer.text)
        return answer.headers["Location"]

    def chosen(self, columns: str, **more: Any) -> str:
        """The address of the dry run, with the columns as the page proposes them."""
        answer = self.olga.send(columns, chosen_on(self.olga.see(columns)) | more)
        assert answer.status_code == 303, visible(answer.text)
        return answer.headers["Location"]

    def taken(self, content: bytes, take: str = "all", **more: Any) -> str:
        """The page that follows when a file was taken."""
        run = self.chosen(self.columns_of(content))
        return self.olga.done(f"{run}/taking", {"take": take, **more}, seen=run)
