"""What an office does for a client, in one cell: services, each with the role of the office where the cell says it.

Meldketen writes "Boekhouding (verwerker), Hosting en opslag (verwerker)"; people write "boekhouding, salaris".
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache

from service.reading.outcome import Wrong
from service.reading.values.no_value import NO_VALUE
from service.words.texts import LOCALES, spoken
from tenants.lines import one_line

Services = Mapping[str, str | None]
"""The role of the office by service; None where nobody said it."""
OF_SERVICE, OF_ROLE = "labels.service.", "labels.office_role."
NEAR, LONGEST_NEAR = 0.8, 80
"""How like a known name an unknown one is of which that is proposed, and how many characters it has at most."""
_PEOPLE_WRITE = {
    "payroll_bare": (
        *("salaris", "salarissen", "salarisadministratie", "salarisverwerking", "loon", "lonen", "loonadministratie"),
        *("loonverwerking", "loonstroken", "salarisstroken", "payroll", "payroll processing"),
    ),
    "payroll_extended": (
        *("salarisadministratie met advies", "salarisadvies", "loonadvies", "payroll and advice"),
    ),
    "bookkeeping": (
        *("boekhouden", "administratie", "administraties", "financiële administratie", "accounting", "accountancy"),
    ),
    "payments": ("betaling", "betalingsverkeer", "betaalopdrachten", "payment"),
    "tax_returns": (
        *("aangifte", "aangiftes", "belastingaangifte", "belastingaangiften", "belastingaangiftes", "belasting"),
        *("belastingen", "btw", "btw-aangifte", "fiscaal", "tax", "taxes", "tax return"),
    ),
    "audit": ("controle", "accountantscontrole", "jaarrekeningcontrole", "audits"),
    "hosting": ("opslag", "webhosting", "cloud", "storage", "hosting and storage"),
}  # fmt: skip
_ROLES_PEOPLE_WRITE = {
    "controller": (
        *("verwerkingsverantwoordelijke", "verwerkingsverantwoordelijk", "verantwoordelijke", "data controller"),
        *("zelfstandig verwerkingsverantwoordelijke", "zelfstandig verantwoordelijke", "zelfstandig verantwoordelijk"),
        *("eigen verwerkingsverantwoordelijke", "eigen verantwoordelijkheid", "independent controller"),
    ),
    "processor": ("bewerker", "gegevensverwerker", "data processor"),
}  # fmt: skip
"""With the law's own words, in brackets behind a service."""
_COMMAS, _WORDS_BETWEEN = re.compile("[;,|]"), re.compile(r"[+&/]| (?:en|and) ")


def services_in(cell: str) -> Services | Wrong | None:
    """Return the services of a cell; None for one that says nothing, Wrong for one with a service that we do not know,
    and for one that gives the office two roles in a service."""
    text = one_line(cell).casefold()
    if text in NO_VALUE:
        return None
    named, services = list(_named(text)), dict[str, str | None]()
    unknown = [name for name, service, _ in named if service is None]
    if unknown:
        meant = [name if service else _nearest(name) for name, service, _ in named]
        return Wrong("file.service_unknown", ", ".join(meant) if all(meant) else "", {"value": unknown[0][:40]})
    return next(filter(None, (
        add_services(services, {service: role}, cell) for _, service, role in named if service
    )), services)  # fmt: skip


def add_services(services: dict[str, str | None], more: Services, cell: str) -> Wrong | None:
    """Add the services of a cell to those of a client; Wrong when one of them has another role already. A service that
    stands twice, once without a role, has the role of the other place."""
    if any(role and services.get(service) not in (None, role) for service, role in more.items()):
        return Wrong("file.service_twice", "", {"value": cell[:40]})
    services |= {service: role or services.get(service) for service, role in more.items()}
    return None


def service_of_column(heading: str, cell: str) -> str:
    """Return the service that a column is about, as in our JSON ("services hosting": "processor"); "" for a column of
    another kind."""
    kind, _, name = heading.partition(" ")
    return name if kind == "services" and name in _services() and cell.casefold() in _roles() else ""


def words_of_services(services: Services, words: Mapping[str, str]) -> str:
    """Return services as a cell has them, in the language of these texts; a role that nobody said is left out."""
    names = ((words[OF_SERVICE + service], role) for service, role in services.items())
    return ", ".join(f"{name} ({words[OF_ROLE + role]})" if role else name for name, role in names)


def _named(text: str) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield each service that a text names: its words, the service, None when we do not know it, and the role."""
    parts = [part.strip() for part in _COMMAS.split(text) if part.strip()]
    while parts:
        many = 2 if len(parts) > 1 and _one(", ".join(parts[:2]))[1] else 1
        words, parts = ", ".join(parts[:many]), parts[many:]
        if _one(words)[1]:
            yield _one(words)
        else:
            yield from _several(words)


def _several(words: str) -> list[tuple[str, str | None, str | None]]:
    """Return the services between "and" when one of them is known, or between blanks when all of them are; else the
    words as they are."""
    for pieces, enough in ((_WORDS_BETWEEN.split(words), any), (words.split(), all)):
        services = [_one(piece.strip()) for piece in pieces if piece.strip()]
        if enough(service for _, service, _ in services):
            return services
    return [_one(words)]


def _one(words: str) -> tuple[str, str | None, str | None]:
    before, said = _parted(words)
    role = _roles().get(said)
    return words, _services().get(before if role else words), role


def _parted(words: str) -> tuple[str, str]:
    """Return a service, and what stands in brackets behind it; "" where nothing does."""
    before, _, said = words.removesuffix(")").rpartition("(")
    return (before.strip(), said.strip()) if before and words.endswith(")") else (words, "")


@lru_cache(1_000)
def _nearest(words: str) -> str:
    """Return the known name that is like these words, with the role that is like what stands in brackets; "" when none
    is."""
    if len(words) > LONGEST_NEAR:
        return ""
    before, said = _parted(words)
    if not said:
        return _like(words, _services())
    service, role = _like(before, _services()), _like(said, _roles())
    return f"{service} ({role})" if service and role else ""


def _like(words: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(words, known, 1, NEAR)), "")


@lru_cache
def _services() -> Mapping[str, str]:
    """Return each service by the names that we write for it, and by those that people write."""
    written = {name: service for service, names in _PEOPLE_WRITE.items() for name in (service, *names)}
    return written | dict(_labels(OF_SERVICE))


@lru_cache
def _roles() -> Mapping[str, str]:
    written = {name: role for role, names in _ROLES_PEOPLE_WRITE.items() for name in (role, *names)}
    return written | dict(_labels(OF_ROLE))


def _labels(begin: str) -> Iterable[tuple[str, str]]:
    """Yield the words of each value of a kind in each language, in small letters, with the value."""
    for language in LOCALES:
        for key, text in spoken(language).items():
            if key.startswith(begin):
                yield text.casefold(), key.removeprefix(begin)
