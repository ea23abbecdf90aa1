"""Which headings people write above the columns that we know, for each purpose. A heading is compared without accents,
capitals and separators: as a whole, and where no field knows it so, by its words."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from service.reading.heading_words import LONGEST as LONGEST_HEADING
from service.reading.heading_words import says

_MAIL = r"e?mail(?:adres(?:sen)?|address)?"
_MAIL_SAYS = (
    "mail|courriel !weergave|display|label|type|mailing|nieuwsbrief|newsletter|optin|bounce|datum|date|status",
)
_CLIENT = "klant|client|opdrachtgever|relatie|debiteur|customer|controller|verwerkingsverantwoordelijke"
_OF_CLIENT = r"(?:klant|client|opdrachtgever|relatie|debiteur|customer|deb)(?:en)?(?:nummer|nr|number|code|id|no)"
_CLIENT_SAYS = (
    f"{_CLIENT}|account|administratie|=adm|=deb nummer|=nr|=nrs|number|=no|=id|code|zoeknaam "
    "!btw|vat|kvk|telefoon|phone",
)
_PART_OF_NAME = "(?:voornaam|roepnaam|voorletters|tussenvoegsel|achternaam|firstname|initials|lastname|surname)"
_PHONE = r"(?:telefoon|telephone|tel|mobiel|phone|mobile|gsm)(?:nummer|nr|number)?"
_WHO = (
    "betrokken|=betr|=betrokk|=pers|betroffen|getroffen|geraakt|person|people|mensen|subject|individual|affected|"
    "impacte|concern"
)
_MANY = "aantal|number|hoeveel|count|omvang|nombre|howmany"
_NO_NUMBER = (
    "!geinformeerd|ingelicht|gemeld|informed|notified|naam|name|mail|categor|soort|type|kind|gegevens|record|datum|"
    "date|gevolg|consequen|impact|maatreg|risico|risk|=d"
)
_PEOPLE_SAYS = (
    f"{_MANY} {_WHO}|leden|{_CLIENT}|patient|medewerker|werknemer|=wn|deelnemer {_NO_NUMBER}",
    f"betrokkenen|getroffenen|betroffen|affected|subjects {_NO_NUMBER}",
)
_LEAST = "minimaal|minimum|minstens|tenminste|laagste|ondergrens|atleast|lowest|=min"
_MOST = "maximaal|maximum|hoogstens|hooguit|hoogste|bovengrens|atmost|highest|=max"
_LEAST_SAYS, _MOST_SAYS = (f"{_LEAST} !bedrag|prijs|datum|uren|amount",), (f"{_MOST} !bedrag|prijs|datum|uren|amount",)
_LEAST_IS = (
    r"(?:aantal|betrokkenen|people|personen)?(?:min|minimaal|minstens|minimum|tenminste|atleast)(?:aantal|betrokkenen)?"
)
_MOST_IS = (
    r"(?:aantal|betrokkenen|people|personen)?(?:max|maximaal|hoogstens|maximum|hooguit|atmost)(?:aantal|betrokkenen)?"
)
_ESTIMATE_IS = r"(?:aantal|number|people)?(?:is)?(?:een|an)?(?:schatting|geschat|estimated?)"
OF_AP = "=ap|autoriteit|authority|toezichthouder|regulator|=cnil|=dpa"
_WHEN = "datum|date|wanneer|when|moment|tijd|dag|=op|=on|=at|=d|=dd"
_INCIDENT = "incident|inbreuk|datalek|breach|gebeurtenis|voorval|violation|lek"
_NAMED_ELSEWHERE = (
    "!bedrijf|organis|organiz|company|gebruiker|username|bestand|filename|straat|street|plaats|product|team|"
    "groep|partner|school|klas|nick|bank|domein|tussen|suffix|prefix|phonetic|land|country|afdeling|department|functie|"
    "meisjes|rekening|screen|veren|club|arts|middle|middelste|label|mail"
)


@dataclass(frozen=True)
class Field:
    """What a column may hold: its headings as a pattern, and the most characters of a cell. `many`: more than one
    column may hold it. `exact`: the headings that go before the others, as a pattern. `says`: rules for the words of
    other headings, see heading_words.py. `last`: headings, as a pattern, that hold the field when no other does."""

    name: str
    headings: str
    longest: int = 200
    many: bool = False
    exact: str = ""
    says: tuple[str, ...] = ()
    last: str = ""


@dataclass(frozen=True)
class Fields:
    """The fields of one purpose. Of `needed` a table has one of each group."""

    purpose: str
    fields: tuple[Field, ...]
    needed: tuple[tuple[str, ...], ...]

    def of_heading(self, heading: str) -> Field | None:
        """Return the field that a column with this heading most likely holds; None when we know no such heading."""
        return min(self.ranked(heading), key=lambda pair: pair[0], default=(0, None))[1]

    def is_heading(self, text: str) -> bool:
        """Return whether we know a text as a heading."""
        return self.of_heading(text) is not None

    def ranked(self, heading: str) -> list[tuple[int, Field]]:
        """Return each field that a column with this heading may hold, and how sure that is: 0 when the heading is the
        field's own, 1 when it is known as a whole, 2 when only its words say so, 3 when it may be this one for want of
        another."""
        if len(heading) > LONGEST_HEADING or not (name := bare(heading)):
            return []
        return [(rank, field) for field in self.fields if (rank := _rank(field, heading, name)) is not None]

    def named(self, name: str) -> Field:
        """Return the field with this name. Raises KeyError for another one."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}


def _rank(field: Field, heading: str, name: str) -> int | None:
    if field.exact and re.fullmatch(field.exact, name):
        return 0
    if re.fullmatch(field.headings, name):
        return 1
    if any(says(heading, rule) for rule in field.says):
        return 2
    return 3 if field.last and re.fullmatch(field.last, name) else None


RECIPIENTS = Fields("recipients", (
    Field("first_name", r"roepnaam|voornaam|voornamen|firstname|givenname|callname|forename|vnaam", says=(
          "roepnaam|voornaam|voornamen|firstname|givenname|forename|prenom !phonetic|partner|middle|tweede",)),
    Field("initials", r"voorletters?|initialen|initials?|voorl", says=("voorletter|initialen|initials !partner",)),
    Field("infix", r"tussenv(?:oegsels?)?|tv|voorv(?:oegsels?)?|tussenstuk|infix|surnameprefix|tussenvgsl",
          says=("tussenvoegsel|voorvoegsel !partner|meisjes", "middlename|middelstenaam|tweedenaam !phonetic")),
    Field("last_name", r"achternaam|lastname|surname|familyname|familienaam|geslachtsnaam|eigennaam|anaam|gezin|"
          r"familie|gezinsnaam", says=(
          "achternaam|lastname|surname|familyname|familienaam|geslachtsnaam !partner|meisjes|phonetic|prefix|voorv",)),
    Field("name", r"(?:volledige|full|weergave|display|client|klant|patient|lid|leden|medewerkers?|relatie|contact|"
          r"bewoners?|leerling|betrokkene)?(?:naam|name)(?:volledig)?|persoon|naamenvoorletters|naamvoorletters|"
          r"patient|client|lid|medewerker|bewoner|leerling|betrokkene|deelnemer|person|recipient|contactpersoon|"
          r"werknemer|cursist|student|huurder|abonnee|donateur|vrijwilliger|gast|verzekerde|employee|member|tenant|"
          r"(?:betrokkene|persoon|verzorger|ouder)1?|ontvanger|aan|wie|tnv",
          exact=rf"naam|name|volledigenaam|fullname|(?:{_PART_OF_NAME}(?:en|and)?){{2,4}}", says=(
          "naam|name|heetje|heetu !voornaam|roepnaam|achternaam|=vnaam|=anaam|firstname|lastname|surname "
          f"{_NAMED_ELSEWHERE}",)),
    Field("email", rf"{_MAIL}|adres|address", 400, many=True, exact=_MAIL, says=_MAIL_SAYS),
), (("email", "name", "last_name"),))  # fmt: skip
HITS = Fields("hits", (
    Field("client_number", rf"{_OF_CLIENT}|{_CLIENT}|debnr|deb", 40, exact=_OF_CLIENT, says=_CLIENT_SAYS,
          last="dossiernummer|dossiernr|code|nummer|nr|number|id"),
    Field("people_min", _LEAST_IS, 60, says=_LEAST_SAYS),
    Field("people_max", _MOST_IS, 60, says=_MOST_SAYS),
    Field("estimate", _ESTIMATE_IS, 60),
    Field("people", r"(?:aantal)?(?:betrokkenen|personen|mensen|people|persons)|aantal|number(?:ofpeople)?|count|"
          r"omvang", 60, exact=r"aantal(?:betrokkenen|getroffenen|personen|mensen)?|people", says=_PEOPLE_SAYS,
          last="getroffen|geraakt|betrokken|betr"),
    Field("informed_at", r"informedat|(?:al|reeds)?(?:geinformeerd|gebeld|ingelicht|gemeld)(?:op)?|"
          r"(?:already)?(?:informed|notified|told|called|phoned)", 60, exact=r"informedat|geinformeerdop",
          says=(
          f"geinformeerd|ingelicht|gebeld|gemeld|bericht|informed|notified|told|called|phoned {_WHEN} !{OF_AP}|door",)),
    Field("informed_how", r"informedhow|geinformeerdhoe|hoe(?:geinformeerd)?|how|wijze|kanaal|via|methode?|channel", 30,
          exact="informedhow|geinformeerdhoe", says=("=hoe|wijze|kanaal|method|=how|channel|=via|manier",)),
), (("client_number",),))  # fmt: skip
CLIENTS = Fields("clients", (
    Field("client_number", rf"{_OF_CLIENT}|debnr|deb|nummer|nr|code|number|id", 40, exact=_OF_CLIENT,
          says=_CLIENT_SAYS, last=_CLIENT),
    Field("kvk_number", r"kvk(?:nummer|nr|number)?|kamervankoophandel(?:nummer)?|handelsregister(?:nummer)?|"
          r"coc(?:number)?|chamberofcommerce(?:number)?", 60,
          says=("kvk|kamervankoophandel|handelsregister|=coc|chamberofcommerce !datum|date|plaats",)),
    Field("hours_to_notify", r"(?:meld)?termijn(?:in)?(?:uren|uur)?|uren(?:termijn|ommelden|melding)?|"
          r"hours(?:tonotify)?|melduren|meldenbinnen(?:uren)?", 60, says=(
          f"meld|notif|report|{_INCIDENT} termijn|uren|=uur|hours|binnen|within !datum|date|bewaar",)),
    Field("contact_name", r"(?:contact(?:persoon|naam|name|person)?|tav|aanspreekpunt)[0-9]{0,2}", many=True,
          exact="contactpersoon|contactnaam|tav", says=(
          "contact|aanspreek|=tav|privacyofficer|functionaris|=fg|=dpo !mail|telefoon|=tel|phone|mobiel|datum|date|"
          "nummer|type|adres|=id",)),
    Field("contact_email", _MAIL, 400, many=True, exact=_MAIL, says=_MAIL_SAYS),
    Field("contact_phone", rf"(?:contact)?{_PHONE}(?:contact\w*)?[0-9]{{0,2}}", 60, many=True,
          exact=r"telefoon(?:nummer)?|phone",
          says=("telefoon|phone|mobiel|mobile|=gsm|=tel !fax|type|label|datum",)),
    Field("in_force_from", r"inforcefrom|ingangsdatum|ingang|vanaf|geldigvanaf|begindatum|startdatum|datumovereenkomst|"
          r"sinds|from|startdate", 60, exact="inforcefrom|ingangsdatum|datumovereenkomst", says=(
          "ingang|inforce|effective|startdat|begindat|ondertekend|getekend|signed !eind|=end|=tot",
          "datum|date overeenkomst|contract|agreement|verwerkers !eind|=end|=tot")),
    Field("in_force_to", r"inforceto|eind(?:e|datum|t|igt)?(?:op|overeenkomst|contract)?|(?:loopt|geldig|duurt)?tot"
          r"(?:enmet)?|until|to|(?:loopt|geldig)?tm|end(?:date|s|son)?|(?:expires|expiry|expiration)(?:on|date)?|"
          r"(?:loopt)?af(?:loopdatum|op)|vervaldatum|beeindigd(?:op|per)?|laatstedag|lastday", 60,
          exact="inforceto|einddatum|loopttot|geldigtot(?:enmet)?|enddate", says=(
          "einddat|enddat|loopttot|geldigtot|validto|validuntil|inforceto|inforceuntil|beeindigd "
          "!boekjaar|termijn|bewaar|contactp|proef|year|trial",)),
    Field("is_test", r"proef|(?:is)?test|(?:proef|test)(?:client|klant|opdrachtgever)", 60),
    Field("services", r"(?:geleverde|afgenomen|onze|soort)?(?:diensten|dienst|services?|dienstverlening|"
          r"werkzaamheden)[0-9]{0,2}|"
          r"services(?:payroll(?:bare|extended)|bookkeeping|payments|taxreturns|audit|hosting)", 400, many=True,
          exact="diensten|services", says=(
          "diensten|dienstverlening|services|werkzaamheden !datum|date|prijs|price|tarief|uren|hours|bedrag",)),
    Field("name", r"(?:klant|client|bedrijfs?|handels|statutaire|relatie|opdrachtgever|organisatie|company|customer)?"
          rf"(?:naam|name)|bedrijf|onderneming|organisatie|{_CLIENT}|company|firma|administratie",
          exact="naam|name|klantnaam|bedrijfsnaam|clientnaam|debiteurnaam|relatienaam|companyname|customername", says=(
          "naam|name !contact|straat|street|plaats|voor|achter|first|last|zoek|=fg|bank|rekening|land|eigenaar|dossier",
          "verwerkingsverantwoordelijke|datacontroller !adres|mail|datum|nummer|contact|kvk")),
), (("name",), ("client_number",)))  # fmt: skip
REGISTER = Fields("register", (
    Field("reference", r"(?:datalek|incident|dossier|zaak|melding)?(?:nummer|nr|id|number|referentie|kenmerk)|"
          r"reference|volgnummer|volgnr|ref|dossier|zaak|no", 80, says=(
          f"{_INCIDENT}|dossier|zaak|melding|ticket|case|intern|volg nummer|=nr|number|=id|=no|=n|refer|kenmerk "
          f"!{OF_AP}|telefoon|phone|klant|client|{_MANY}",)),
    Field("discovered_on", r"(?:datum)?(?:ontdek(?:t|king)|ontdektop|constatering|geconstateerd|bekend)(?:op|datum)?|"
          r"discovered(?:on|at)?|kennisname|datumkennisname", 60, says=(
          f"ontdek|constat|kennisname|bekend|discover|detected|aware|gesignaleerd|opgemerkt {_WHEN} "
          "!door|=by|=hoe|wijze", "ontdekt|discovered|geconstateerd !door|=by|=hoe|wijze")),
    Field("reported_on", r"(?:datum)?(?:gemeldop|melding(?:ap|aanap)?|apmelding|gemeldaanap|meldingautoriteit)datum|"
          r"datum(?:melding|gemeld)(?:ap|aanap|bijap)?|reported(?:on|at)|meldingsdatum|meldingap|gemeldbijdeapop|"
          r"apnotifiedon", 60,
          exact=r"datummeldingap|meldingsdatumap", says=(
          f"gemeld|melding|melden|report|notif|reception {OF_AP} {_WHEN} !betrokken|subject|termijn|deadline|uiterlijk",
          "daterep|datereception|datenotif|reportdate|notificationdate !betrokken|subject"),
          last=r"(?:is)?(?:gemeld|melding)(?:aan|bij)?(?:de)?(?:ap|autoriteit|autoriteitpersoonsgegevens)|apgemeld"),
    Field("began_on", r"datum(?:incident|datalek|gebeurtenis|voorval|inbreuk)?|incidentdatum|date|began(?:on)?|begin|"
          r"datumbegin|startdatum|begonnenop|startedon", 60, exact="datum(?:incident|datalek|inbreuk)", says=(
          f"{_WHEN}|start|begin|began|plaatsgevonden|occur|aanvang {_INCIDENT}|plaatsgevonden|occur|start|begin|began "
          "!eind|=end|=tot|gesloten|closed|meld|notif|report|ontdek|discover|betrokken|afgehandeld|gemeld|door|afge",)),
    Field("reported_to_ap", r"(?:is)?(?:gemeld|melding)(?:aan|bij)?(?:de)?(?:ap|autoriteit|autoriteitpersoonsgegevens)"
          r"(?:janee)?|ap(?:melding)?|gemeld|reported(?:toap|toauthority)?|meldingap", 60, says=(
          f"gemeld|melden|melding|meldplicht|report|notif|geinformeerd|informed {OF_AP} !datum|date|=op|=d|=dd|wanneer|"
          "nummer|=nr|kenmerk|reden|waarom|motiv|toelicht|tijd|moment|door|betrokken",
          "meldplichtig|meldingsplichtig|notifiable")),
    Field("people_told", r"(?:zijn)?betrokkenen?(?:geinformeerd|ingelicht|gemeld)(?:janee)?|"
          r"(?:gemeld|melding|mededeling)(?:aan)?(?:de)?betrokkenen?(?:janee)?|peopletold|informedpeople", 60, says=(
          f"betrokkenen|{_WHO} geinformeerd|ingelicht|gemeld|melden|mededeling|informe|informed|notified|told|bericht|"
          f"inform|communic !{_MANY}|datum|date|=op|=d|=dd|wanneer|=hoe|tekst|reden|waarom|{OF_AP}",)),
    Field("people_min", _LEAST_IS, 60, says=_LEAST_SAYS),
    Field("people_max", _MOST_IS, 60, says=_MOST_SAYS),
    Field("estimate", _ESTIMATE_IS, 60),
    Field("people", r"(?:aantal)?(?:betrokkenen|personen|mensen|getroffenen|people|persons)(?:aantal)?|aantal", 60,
          exact="aantalbetrokkenen|aantalpersonen", says=_PEOPLE_SAYS),
    Field("ap_number", r"(?:ap)?meld(?:ings)?nummer(?:ap|vandeap)?|apnummer|apnumber|nummerap|kenmerkap|zaaknummerap|"
          r"theapsnotificationnumber", 80, says=(
          f"{OF_AP} nummer|=nr|zaak|kenmerk|number|refer|=id !telefoon|phone|betrokken",)),
    Field("kinds_of_data", r"(?:soort|aard|type|categorie|welke)?(?:persoons)?gegevens(?:soort)?|"
          r"(?:kindsof)?data(?:kinds)?", 2000,
          says=("gegevens|=data|donnees soort|aard|type|categor|welke|kind|personal|persoons|gelekt|bijzonder !"
                f"subject|{_MANY}|datum|grondslag",)),
    Field("measures", r"(?:genomen)?maatregel(?:en)?(?:genomen)?|actie(?:s)?|measures?", 10_000, many=True,
          says=("maatregel|=acties|vervolgactie|measures|remedial|=actions|mesures|opvolging !datum|date|door|=wie",)),
    Field("consequences", r"gevolg(?:en)?|(?:mogelijke)?gevolgen|consequences|impact", 10_000,
          says=("gevolgen|consequence|impact|nadelig !impacte|score|datum",)),
    Field("reason", r"(?:reden|motivering|motivatie|toelichting|onderbouwing)(?:besluit|melding|nietmelden)?|reason",
          10_000, says=(
          "reden|motiv|toelichting|onderbouw|waarom|reason|rationale|afweging|overweging !vertraging|delay",)),
    Field("nature", r"aard(?:inbreuk|datalek|incident)?|soort(?:inbreuk|datalek|incident)?|oorzaak|type|nature", 2000,
          says=(f"aard|soort|=type|nature|categor|classific|oorzaak|cause {_INCIDENT}|oorzaak|cause !gegevens|=data",)),
    Field("title", r"(?:korte)?(?:omschrijving|beschrijving)(?:incident|datalek|kort)?|titel|title|onderwerp|incident|"
          r"datalek|wat|wat(?:er|iser)?gebeurde?n?|description|gebeurtenis|voorval|samenvatting|summary|inbreuk|"
          r"breach", 4000,
          exact=r"titel|title|onderwerp|korteomschrijving|subject|naamincident|incident(?:naam|title|name)", says=(
          f"naam|name|titel|title|korte {_INCIDENT}",
          "omschrijving|beschrijving|samenvatting|description|summary|watergebeur|watisergebeur|watgebeur|feiten|"
          "feitelijk|whathappened !maatregel|gegevens|gevolg|oplossing|functie|subject")),
    Field("description", r"(?:omschrijving|beschrijving|samenvatting|description|summary)(?:incident|datalek|inbreuk)?",
          10_000, exact=r"(?:uitgebreide|volledige|lange)(?:omschrijving|beschrijving)|(?:full|detailed|long)"
          r"description|waterisgebeurd|whathappened",
          says=("omschrijving|beschrijving|samenvatting|description|summary "
                      "!maatregel|gegevens|gevolg|oplossing|functie|korte|subject",)),
), (("reference", "title"),))  # fmt: skip
PURPOSES = {fields.purpose: fields for fields in (RECIPIENTS, CLIENTS, HITS, REGISTER)}


def bare(heading: str) -> str:
    """Return a heading without accents, capitals and separators: "Geïnformeerd op" becomes "geinformeerdop"."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return "".join(sign for sign in plain if sign.isalnum())
