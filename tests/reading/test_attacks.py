"""Files that an attacker would send: each has an answer, or one clear refusal, within memory."""

import io
import zipfile
from resource import RUSAGE_SELF, getrusage

import pytest
import xlsxwriter

from service.reading.fields import PURPOSES
from tests.reading.read import answered, read
from tests.reading.workbooks import changed, ods, xlsx

ROWS = [["naam", "e-mail"], ["Jan", "jan@a.example"], ["Els", ""]]
WORKBOOK = xlsx({"Blad1": ROWS})


def zip_of_zips() -> bytes:
    """A workbook within a zip within a zip."""
    content = WORKBOOK
    for _ in range(3):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as outer:
            outer.writestr("lijst.xlsx", content)
        content = file.getvalue()
    return content


HEADINGS, MIB = b"naam;e-mail;aantal\n", 1024**2
HOSTILE = {
    "quotes in quotes": HEADINGS + b'"' * MIB,
    "quotes that open in each row": HEADINGS + b'"Jan;jan@a.example;1\n' * 30_000,
    "a quote in each cell": HEADINGS + b'a"b;"c"d";"""\n' * 30_000,
    "an open quote at the end": HEADINGS * 20_000 + b'"',
    "a file of quotes": b'"' * 20 * MIB,
    "a file of commas": b"," * 20 * MIB,
    "rows of commas": (b"," * 20_000 + b"\n") * 1_000,
    "a name that never ends in JSON": b'[{"naam": "' + b"J" * 20 * MIB + b'"}]',
    "cells of a MiB": HEADINGS + (b"J" * MIB + b";jan@a.example;1\n") * 2,
    "a number of a MiB": HEADINGS + b"Jan;;" + b"9" * MIB,
    "an address of a MiB": HEADINGS + b"Jan;" + b"a." * (MIB // 2) + b"@a.example;1\n",
    "at signs": HEADINGS + b"Jan;" + b"@" * MIB + b";1\n",
    "angles": HEADINGS + b"Jan;" + b"<" * MIB + b";1\n",
    "16,384 columns": b";".join([b"naam%d" % n for n in range(16_384)]) + b"\n" + b"x;" * 16_384,
    "the widest row last": HEADINGS + b"Jan;;1\n" * 1_000 + b";" * 1_999,
    "blanks": HEADINGS + b" " * MIB + b"\n",
    "NULs": HEADINGS + b"Ja\0n;jan@a.example;1\n",
    "only NULs": bytes(MIB),
    "rows that end twice": b"\r\r\n" * 100_000,
    "halves of UTF-16": b"\xff\xfen\0a\0a\0m\0\n\0\x00\xd8\n\0\x00\xdc\n\0J",
    "half a mark": b"\xef\xbb",
    "a lone mark": b"\xfe\xff",
    "UTF-32": "naam\nJan\n".encode("utf-32"),
    "UTF-7": b"naam\n+AG4-+2AA-\n",
    "surrogates in UTF-8": HEADINGS + b"\xed\xa0\x80;;1\n",
    "a zip of zips": zip_of_zips(),
    "a blank zip": b"PK\x05\x06" + bytes(18),
    "half a workbook": WORKBOOK[: len(WORKBOOK) // 2],
    "two workbooks": WORKBOOK + WORKBOOK,
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
    "a page": b"<html><table>" + b"<tr><td>" * 50_000,
    "deep JSON": b'[{"naam": ' + b"[" * 100_000,
    "XML": b"<?xml version='1.0'?>" + b"<a>" * 50_000,
    "cards in cards": b"BEGIN:VCARD\n" * 30_000,
    "a card that folds": b"BEGIN:VCARD\nFN:" + b"J\n " * 100_000 + b"\nEND:VCARD\n",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_an_attacker_sends_has_an_answer_within_memory(what: str) -> None:
    before = getrusage(RUSAGE_SELF).ru_maxrss
    for purpose in sorted(PURPOSES):
        answered(HOSTILE[what], purpose)
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 96 * 1024


def test_links_of_a_workbook_to_other_files_are_not_followed() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["naam", "e-mail"])
    sheet.write_formula(1, 0, "='file:///etc/[passwd]Blad1'!A1", None, "Jan")
    sheet.write_url(1, 1, "external:\\\\nowhere.example\\deel\\b.xlsx", None, "jan@a.example")
    sheet.write_formula(2, 0, '=WEBSERVICE("https://nowhere.example")')
    book.close()
    outside = b'<externalLink><externalBook r:id="rId1"/></externalLink>'
    rels = b'<Relationships><Relationship Id="rId1" TargetMode="External" Target="file:///etc/passwd"/></Relationships>'
    linked = changed(file.getvalue(), {
        "xl/externalLinks/externalLink1.xml": outside, "xl/externalLinks/_rels/externalLink1.xml.rels": rels,
    })  # fmt: skip
    assert [(item["name"], item["address"]) for item in read(linked).items.values()][:1] == [("Jan", "jan@a.example")]


@pytest.mark.parametrize("rows", [b"1048576", b"-1"])
def test_a_sheet_that_repeats_its_rows_has_an_answer(rows: bytes) -> None:
    content = zipfile.ZipFile(io.BytesIO(ods(ROWS))).read("content.xml")
    repeated = b'<table:table-row table:number-rows-repeated="' + rows + b'"'
    answered(changed(ods(ROWS), {"content.xml": content.replace(b"<table:table-row", repeated)}), "recipients")
