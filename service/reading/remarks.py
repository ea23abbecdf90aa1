"""Which rows are no data but stand around it: sums, remarks, page numbers, lines. A person is told which they are."""

import re
from collections.abc import Sequence

from service.reading.lines_of_mail import greets
from service.reading.values.no_value import NO_VALUE

LONGEST = 200
"""The most characters of a cell that is looked at."""
UNITS = (
    r"(?:(?:sport|jeugd)?leden|lid|person(?:en|s)?|persoon|mensen|people|rijen|rij|rows?|regels?|lines?|records?|"
    r"items?|resulta(?:at|ten)|results?|members?|contact(?:en|s)?|klanten|clients?|cliënten|customers?|pati[eë]nten|"
    r"patients?|medewerkers|employees|werknemers|deelnemers|participants|inschrijvingen|adressen|addresses|entries|"
    r"users|gebruikers|incident(?:en|s)?|datalekken|breaches|meldingen|debiteuren|relaties|stuks|eur|euro|huishoudens|"
    r"gezinnen|leerlingen|students?)(?:\(s\)|\(en\))?"
)
_TOTAL = re.compile(
    r"(?:eind|sub|sub-|grand )?tota(?:al|len|l|ls)\b|aantal\b|som\b|sum\b|gemiddelde\b|average\b|count\b|number of\b"
)
_TOTAL_ALONE = re.compile(rf"(?:(?:\w+-?)?tota(?:al|l)|aantal)(?: (?:aantal|number of))?(?: {UNITS})?:?")
_AMOUNT_LAST = re.compile(rf"[0-9](?: ?{UNITS})?$")
_DIGITS, _OF_AMOUNT = frozenset("0123456789"), frozenset("0123456789.,-+€$% \u00a0")
_OF_MOMENT = _OF_AMOUNT | frozenset("/:")
_UNIT_LAST = re.compile(rf" ?{UNITS}$")
_AROUND = " *=-_#~.·•|<>\u2013\u2014\u2026"
_COUNTED = re.compile(rf"\(?[0-9][0-9.]{{0,11}} (?:\w+ )?{UNITS}(?: \w+){{0,3}}\)?")
_PAGE = re.compile(r"(?:pagina|page|blad(?:zijde)?|blz|pag|p|sheet)\b\.?:? ?[0-9]+(?: ?(?:/|van|of|-) ?[0-9]+)?")
_OF_PAGES = re.compile(r"[0-9]{1,4} ?(?:/|van|of) ?[0-9]{1,4}")
_END = re.compile(
    r"(?:einde|eind|end)(?: van| of)?(?: de| het| dit| the| this)?"
    r"(?: (?:overzicht|lijst|leden ?lijst|bestand|rapport|rapportage|export|selectie|document|tabel|gegevens|report|"
    r"list|file|data|table|records?))|eof|einde|end"
)
_SECRET = re.compile(
    r"(?:strikt |strictly )?(?:vertrouwelijk|confidential)|(?:alleen )?voor intern gebruik|(?:for )?internal use only|"
    r"(?:\(c\)|©|copyright\b|https?://|www\.).*"
)
_MADE = re.compile(
    r"(?:(?:dit|deze|this) \w+ (?:is|was|werd) )?"
    r"(?:gemaakt|afgedrukt|geprint|uitgedraaid|uitdraai|ge[eë]xporteerd|export|gegenereerd|samengesteld|opgesteld|"
    r"printed|exported|created|generated|prepared|downloaded|gedownload|rapport|report|overzicht|lijst|list|selectie|"
    r"selection|filters?|toegepaste filters?|applied filters?|gesorteerd|sortering|sorted|peildatum|bron|source|datum|"
    r"date|versie|version|laatst bijgewerkt|last updated|stand|gebruiker|user|bestand|file|legenda|legend|opmerkingen|"
    r"opmerking|let op|n\.?b\.?|note|remark|toelichting|administratie)\b"
)
_SAYS_WHEN = re.compile(r":| (?:op|on|d\.d\.|dd|door|by|per|van|from|at) ?|[0-9]")


def is_total(cells: Sequence[str]) -> bool:
    """Return whether a row is a sum below the list: it begins with a word for it, and holds only amounts beside it."""
    filled = _filled(cells)
    first = filled[0].casefold() if filled else ""
    if not _TOTAL.match(first):
        return False
    if len(filled) > 1:
        return all(map(_is_amount, filled[1:]))
    return bool(_AMOUNT_LAST.search(first) or _TOTAL_ALONE.fullmatch(first) or len(first.split()) == 1)


def is_word_of_sum(cells: Sequence[str]) -> bool:
    """Return whether a row begins with a word for a sum and nothing else: "Totaal", and not "Total Energies"."""
    filled = _filled(cells)
    first = filled[0].casefold().strip(" :") if filled else ""
    return bool(_TOTAL.match(first)) and (len(first.split()) == 1 or bool(_TOTAL_ALONE.fullmatch(first)))


def is_day_or_moment(cell: str) -> bool:
    """Return whether a cell holds a day or a time in digits, as stands behind "Afgedrukt op"."""
    return _is_moment(cell) and any(sign in cell[1:] for sign in "-/:.")


def is_note(cells: Sequence[str]) -> bool:
    """Return whether a row is a remark around the list: "Pagina 1 van 3", "Einde overzicht", "2 leden", a line."""
    filled = _filled(cells)
    if not filled:
        return False
    if not any(map(str.isalnum, "".join(filled))):
        return all(len(cell) > 2 for cell in filled)
    first = filled[0].casefold()
    text = first.strip(_AROUND)
    if len(filled) > 1:
        return len(filled) < 4 and _says_when(text) and all(map(_is_moment, filled[1:]))
    is_page = _PAGE.fullmatch(text) or (_OF_PAGES.fullmatch(text) and not _DIGITS.issuperset(text))
    is_numbered = bool(text) and _DIGITS.issuperset(text) and text != first and first[0] == first[-1]
    is_greeting = greets(filled[0], may_be_name=False)
    is_said = _COUNTED.fullmatch(first) or _SECRET.fullmatch(text) or _says_when(text) or is_greeting
    return bool(is_page or is_numbered or is_said or (_END.fullmatch(text) and (" " in text or text != first)))


def is_odd_name(name: str) -> bool:
    """Return whether a name is most likely none: it has digits or a colon, it is a whole sentence or a word for
    nothing ("Nee"), or it begins as the end of a mail does ("Groet, Jan")."""
    if name.casefold() in NO_VALUE or greets(name):
        return True
    if not _DIGITS.isdisjoint(name) or ":" in name or not any(map(str.isalpha, name)):
        return True
    words = name.split()
    return len(words) > 7 or (len(words) > 3 and name.endswith((".", "!", "?")) and len(words[-1]) > 3)


def _filled(cells: Sequence[str]) -> list[str]:
    return [text[:LONGEST] for cell in cells if (text := cell.strip())]


def _says_when(text: str) -> bool:
    match = _MADE.match(text)
    return bool(match and _SAYS_WHEN.match(text, match.end())) or bool(match and _says_day(text[match.end() :]))


def _says_day(rest: str) -> bool:
    """Return whether a text has a number in it, such as that of a day."""
    return not _DIGITS.isdisjoint(rest)


def _is_amount(cell: str) -> bool:
    text = _UNIT_LAST.sub("", cell.casefold())
    return not _DIGITS.isdisjoint(text) and _OF_AMOUNT.issuperset(text)


def _is_moment(cell: str) -> bool:
    return not _DIGITS.isdisjoint(cell) and _OF_MOMENT.issuperset(cell)
