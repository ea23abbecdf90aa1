"""Made-up Dutch names for clients and people. None is a real company: the parts of a name are combined by number."""

TRADES = (
    "Bakkerij", "Fietsenwinkel", "Dierenkliniek", "Schildersbedrijf", "Kinderopvang", "Kapsalon", "Garage",
    "Tandartspraktijk", "Bloemist", "Installatiebedrijf", "Fysiotherapie", "Boekhandel", "Timmerbedrijf", "Restaurant",
    "Notariskantoor", "Hoveniersbedrijf", "Rijschool", "Uitzendbureau", "Assurantiekantoor", "Zorghuis", "Drukkerij",
    "Wijnhandel", "Transportbedrijf", "Makelaardij", "Stichting",
)  # fmt: skip
FINANCIAL = "Assurantiekantoor"
BEGINNINGS = (
    "Kneuter", "Regen", "Wolken", "Fluister", "Honing", "Kwartel", "Distel", "Zilver", "Slinger", "Bramen", "Vlinder",
    "Kikker", "Lantaarn", "Peper", "Mosterd", "Hagel", "Kievits", "Sprokkel", "Tover", "Wentel",
)  # fmt: skip
ENDINGS = (
    "dam", "horst", "pluim", "brug", "kade", "wold", "sluis", "gaarde", "hoek", "stee", "vaart", "poort", "laan",
    "akker", "duin",
)  # fmt: skip
PLACES = tuple(f"{beginning}{ending}" for ending in ENDINGS for beginning in BEGINNINGS)
FORMS = (" B.V.", "", " V.O.F.", "", " B.V.")
FIRST_NAMES = (
    "Fenna", "Joris", "Amina", "Sander", "Lotte", "Yusuf", "Marit", "Daan", "Sevda", "Pieter", "Noor", "Bram", "Ilse",
    "Rachid", "Hanneke", "Tijn", "Wei", "Karin", "Mohamed", "Elin", "Gijs", "Rosa", "Stefan",
)  # fmt: skip
LAST_NAMES = (
    "de Wit", "Bakker", "El Idrissi", "van Dam", "Yilmaz", "Smit", "van den Berg", "Chen", "Mulder", "Kaya", "de Boer",
    "Visser", "Hendriks", "Tahiri", "Postma", "van Leeuwen", "Dekker", "Brouwer", "Jansen",
)  # fmt: skip
MOST = len(TRADES) * len(PLACES)


def company(number: int) -> str:
    """Return the name of a client. It differs for each number below MOST."""
    trade = number % len(TRADES)
    place = (number // len(TRADES) + 37 * trade) % len(PLACES)
    return f"{TRADES[trade]} {PLACES[place]}{FORMS[number % len(FORMS)]}"


def person(number: int) -> str:
    """Return the made-up name of the person with this number."""
    return f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {LAST_NAMES[number * 7 % len(LAST_NAMES)]}"
