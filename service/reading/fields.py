"""Which headings people write above the columns that we know, for each purpose. A heading is compared without accents,
capitals and separators; the first field whose headings match is taken."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

LONGEST_HEADING = 60
_MAIL = r"\w*e?mail(?:adres(?:sen)?|address)?\w*"
_OF_CLIENT = r"(?:klant|client|opdrachtgever|relatie|debiteur|customer)(?:en)?(?:nummer|nr|number|code|id)"
_PHONE = r"(?:telefoon|telephone|tel|mobiel|phone|mobile|gsm)(?:nummer|nr|number)?"


@dataclass(frozen=True)
class Field:
    """What a column may hold: its headings as a pattern, and the most characters of a cell. `many`: more than one
    column may hold it. `exact`: the headings that go before the others, as a pattern."""

    name: str
    headings: str
    longest: int = 200
    many: bool = False
    exact: str = ""


@dataclass(frozen=True)
class Fields:
    """The fields of one purpose. Of `needed` a table has one of each group."""

    purpose: str
    fields: tuple[Field, ...]
    needed: tuple[tuple[str, ...], ...]

    def of_heading(self, heading: str) -> Field | None:
        """Return the field that a column with this heading holds; None when we know no such heading."""
        name = bare(heading[:LONGEST_HEADING])
        return next((field for field in self.fields if re.fullmatch(field.headings, name)), None) if name else None

    def named(self, name: str) -> Field:
        """Return the field with this name. Raises KeyError for another one."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}


RECIPIENTS = Fields("recipients", (
    Field("first_name", r"roepnaam|voornaam|voornamen|firstname|givenname|callname"),
    Field("initials", r"voorletters?|initialen|initials?|voorl"),
    Field("infix", r"tussenv(?:oegsels?)?|tv|voorv(?:oegsels?)?|tussenstuk|infix|surnameprefix|nameprefix"),
    Field("last_name", r"achternaam|lastname|surname|familyname|familienaam|geslachtsnaam|eigennaam"),
    Field("name", r"(?:volledige|full|weergave|display|client|klant|patient|lid|leden|medewerkers?|relatie|contact|"
          r"bewoners?|leerling|betrokkene)?(?:naam|name)(?:volledig)?|persoon|naamenvoorletters|naamvoorletters|"
          r"patient|client|lid|medewerker|bewoner|leerling|betrokkene|deelnemer|person|recipient|contactpersoon",
          exact="naam|name|volledigenaam|fullname"),
    Field("email", rf"{_MAIL}|adres", 400, many=True),
), (("email", "name", "last_name"),))  # fmt: skip
HITS = Fields("hits", (
    Field("client_number", rf"{_OF_CLIENT}|opdrachtgever|client|klant|debnr", 40, exact=_OF_CLIENT),
    Field("people_min", r"(?:aantal|betrokkenen|people|personen)?(?:min|minimaal|minstens|minimum|tenminste|atleast)"
          r"(?:aantal|betrokkenen)?", 60),
    Field("people_max", r"(?:aantal|betrokkenen|people|personen)?(?:max|maximaal|hoogstens|maximum|hooguit|atmost)"
          r"(?:aantal|betrokkenen)?", 60),
    Field("people", r"(?:aantal)?(?:betrokkenen?|personen|mensen|people|persons)|aantal|number(?:ofpeople)?", 60),
    Field("informed_at", r"informedat|geinformeerd(?:op)?|gebeldop|ingelichtop|informed|gemeldop", 60),
    Field("informed_how", r"informedhow|geinformeerdhoe|hoe(?:geinformeerd)?|how|wijze|kanaal", 30),
), (("client_number",),))  # fmt: skip
CLIENTS = Fields("clients", (
    Field("client_number", rf"{_OF_CLIENT}|debnr|nummer|nr|code", 40, exact=_OF_CLIENT),
    Field("kvk_number", r"kvk(?:nummer|nr|number)?|kamervankoophandel(?:nummer)?|handelsregister(?:nummer)?|"
          r"coc(?:number)?|chamberofcommerce(?:number)?", 60),
    Field("hours_to_notify", r"(?:meld)?termijn(?:uren|inuren)?|uren(?:termijn|ommelden|melding)?|hours(?:tonotify)?|"
          r"melduren|meldenbinnen(?:uren)?", 60),
    Field("contact_name", r"(?:contact(?:persoon|naam|name|person)?|tav|aanspreekpunt)[0-9]{0,2}", many=True),
    Field("contact_email", _MAIL, 400, many=True),
    Field("contact_phone", rf"(?:contact)?{_PHONE}(?:contact\w*)?[0-9]{{0,2}}", 60, many=True),
    Field("in_force_from", r"inforcefrom|ingangsdatum|ingang|vanaf|geldigvanaf|begindatum|startdatum|datumovereenkomst|"
          r"sinds|from", 60),
    Field("name", r"(?:klant|client|bedrijfs?|handels|statutaire|relatie|opdrachtgever|organisatie|company|customer)?"
          r"(?:naam|name)|bedrijf|onderneming|organisatie|opdrachtgever|klant|client|relatie|company",
          exact=r"\w*(?:naam|name)"),
), (("name",), ("client_number",)))  # fmt: skip
REGISTER = Fields("register", (
    Field("reference", r"(?:datalek|incident|dossier|zaak|melding)?(?:nummer|nr|id|number|referentie|kenmerk)|"
          r"reference|volgnummer|volgnr|ref|dossier|zaak", 80),
    Field("discovered_on", r"(?:datum)?(?:ontdek(?:t|king)|ontdektop|constatering|geconstateerd|bekend)(?:op|datum)?|"
          r"discovered(?:on|at)?|kennisname|datumkennisname", 60),
    Field("reported_on", r"(?:datum)?(?:gemeldop|melding(?:ap|aanap)?|apmelding|gemeldaanap|meldingautoriteit)datum|"
          r"datum(?:melding|gemeld)(?:ap|aanap|bijap)?|reported(?:on|at)|gemeldbijdeapop|apnotifiedon", 60),
    Field("began_on", r"datum(?:incident|datalek|gebeurtenis|voorval)?|incidentdatum|date|began(?:on)?|begin|"
          r"datumbegin|startdatum|begonnenop|startedon", 60),
    Field("reported_to_ap", r"(?:is)?(?:gemeld|melding)(?:aan|bij)?(?:de)?(?:ap|autoriteit|autoriteitpersoonsgegevens)"
          r"(?:janee)?|ap(?:melding)?|gemeld|reported(?:toap|toauthority)?|meldingap", 60),
    Field("people_told", r"(?:zijn)?betrokkenen?(?:geinformeerd|ingelicht|gemeld)(?:janee)?|"
          r"(?:gemeld|melding|mededeling)(?:aan)?(?:de)?betrokkenen?(?:janee)?|peopletold|informedpeople", 60),
    Field("people", r"(?:aantal)?(?:betrokkenen|personen|mensen|getroffenen|people|persons)(?:aantal)?|aantal", 60),
    Field("ap_number", r"(?:ap)?meld(?:ings)?nummer(?:ap|vandeap)?|apnummer|nummerap|kenmerkap|"
          r"theapsnotificationnumber", 80),
    Field("kinds_of_data", r"(?:soort|aard|type|categorie|welke)?(?:persoons)?gegevens(?:soort)?|data(?:kinds)?", 2000),
    Field("measures", r"(?:genomen)?maatregel(?:en)?(?:genomen)?|actie(?:s)?|measures?", 4000),
    Field("consequences", r"gevolg(?:en)?|(?:mogelijke)?gevolgen|consequences|impact", 4000),
    Field("reason", r"(?:reden|motivering|motivatie|toelichting|onderbouwing)(?:besluit|melding|nietmelden)?|reason",
          4000),
    Field("nature", r"aard(?:inbreuk|datalek|incident)?|soort(?:inbreuk|datalek|incident)?|oorzaak|type|nature", 2000),
    Field("title", r"(?:korte)?(?:omschrijving|beschrijving)(?:incident|datalek|kort)?|titel|title|onderwerp|incident|"
          r"datalek|breach|wat|wat(?:er|iser)?gebeurde?n?|description|gebeurtenis|voorval", 4000),
), (("reference", "title"),))  # fmt: skip
PURPOSES = {fields.purpose: fields for fields in (RECIPIENTS, CLIENTS, HITS, REGISTER)}


def bare(heading: str) -> str:
    """Return a heading without accents, capitals and separators: "Geïnformeerd op" becomes "geinformeerdop"."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return "".join(sign for sign in plain if sign.isalnum())
