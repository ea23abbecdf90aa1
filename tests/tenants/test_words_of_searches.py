"""A search finds what was just written, forgives typing errors, and never finds what is another's or is gone."""

from uuid import UUID

import pytest
from sqlalchemy import text

from tenants.database import db
from tenants.errors import Invalid
from tenants.isolation import acting_for, acting_for_nobody
from tenants.search import finding
from tenants.search.finding import BREACH, CLIENT, INCIDENT, KINDS, NOTICE, Search
from tenants.search.indexing import EACH, INDEX
from tenants.search.terms import LONGEST_SEARCH, MOST_TERMS
from tenants.search.words import words_of
from tests.conftest import Database
from tests.factories import Office, an_incident, an_office, an_organisation
from workflows.running.searches import index_in_time

ADD = """
    insert into breach (organisation_id, reference, title, origin, found_at, description, authority_number,
                        processor_name)
    select :organisation, '2026-' || lpad(n::text, 4, '0'), :title, 'own', now(), 'x', :number, :processor
      from generate_series(cast(:first as int), cast(:first as int) + :many - 1) n returning id"""
KEPT = """
    select (select count(*) from search_word where organisation_id = :o) as words,
           (select count(*) from search_subject where organisation_id = :o) as subjects,
           (select count(*) from search_vocabulary where organisation_id = :o) as vocabulary"""
SAID = (
    "2026-0012 Laptop gestolen bij Van der Kooi B.V.", "Crème brûlée & co", "bak\u00adker\u200bij",
    "ÉÉN Ünïcode", "J.H.Jansen", "x" * 90, "", " - ", "00 007 0", "Straße Ørsted Łódź",
    "Иванов שרה 株式会社", "a.b.c. d.e f.gh", "100% zeker_weten \\ 'quote\"", "ﬁnancieel ½ ①",
    "İstanbul", "Tab\tregel\nnog een", "🦊 vos", "e\u0301e\u0301n",
)  # fmt: skip

READ_HERE = "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relname = 'search_pending'"


class Register:
    """One organisation, and what a search there finds."""

    def __init__(self, database: Database) -> None:
        self.database, self.id, self.last = database, an_organisation("Zoekers"), 0

    def has(self, title: str, many: int = 1, number: str | None = None, processor: str | None = None) -> list[UUID]:
        """Write so many breaches with this title; return their ids."""
        first, self.last = self.last + 1, self.last + many
        rows = self.database.outside(ADD, organisation=self.id, title=title, first=first, many=many, number=number,
                                     processor=processor)  # fmt: skip
        return [row["id"] for row in rows]

    def finds(self, typed: str, kind: str = BREACH, most: int = 50) -> list[UUID]:
        with acting_for(self.id):
            return list(Search(typed).page(kind, most).ids)


@pytest.fixture
def register(database: Database) -> Register:
    return Register(database)


@pytest.mark.parametrize("said", SAID)
def test_database_and_code_read_the_same_words(database: Database, said: str):
    [row] = database.outside("select words_of(:said) as words", said=said)
    assert sorted(row["words"]) == sorted(words_of(said))


@pytest.mark.parametrize("is_indexed", [False, True])
@pytest.mark.parametrize(
    "typed",
    ["Bakkerij", "bakk", "BAKKERIJ", "bäkkerij", "van der Kooi", "kooi bakkerij", "2026-0001", "2026-1", "Kooi-Jansen",
     "jans", "AP 20251234", "2025-1234", "20251234", "bak\u200bkerij", "bv", "B.V.", " kooi ", "linde", "crème"],
)  # fmt: skip
def test_what_was_written_is_found(register: Register, typed: str, is_indexed: bool):
    ids = register.has("Mail van Bakkerij Van der Kooi-Jansen B.V. met crème", number="AP 2025-1234",
                       processor="De Linde")  # fmt: skip
    if is_indexed:
        index_in_time(60)
    assert register.finds(typed) == ids


@pytest.mark.parametrize(
    "typed", ["bakerij", "bakkerrij", "bakkreij", "bakkeryj", "bakkerji", "janssn", "jansseen", "jnassen", "jqnssen",
              "akkerij", "tandarrtsprakijk"]
)  # fmt: skip
def test_typing_errors_in_names_are_forgiven(register: Register, typed: str):
    ids = register.has("Bakkerij Janssen en Tandartspraktijk")
    index_in_time(60)
    assert register.finds(typed) == ids
    with acting_for(register.id):
        assert [term.is_alike for term in Search(typed).terms] == [True]


@pytest.mark.parametrize("typed", ["%", "_", "b%rij", "b_kkerij", "*", "' or 1=1 --", "\\", "\x00", "()", "12"])
def test_signs_are_no_wildcards(register: Register, typed: str):
    register.has("Bakkerij Jansen", processor="Kantoor")
    index_in_time(60)
    assert register.finds(typed) == []


def test_a_search_of_nothing_finds_nothing(register: Register):
    register.has("Bakkerij Jansen")
    assert register.finds("") == register.finds(" .,- ") == []


def test_a_search_that_is_too_long_is_refused(register: Register):
    for typed in ("a" * (LONGEST_SEARCH + 1), " ".join(f"woord{n}" for n in range(MOST_TERMS + 1))):
        with pytest.raises(Invalid):
            register.finds(typed)


def test_all_words_must_be_there(register: Register):
    both = register.has("Laptop van de bakker")
    register.has("Laptop van de slager")
    index_in_time(60)
    register.has("Telefoon van de bakker")
    assert register.finds("laptop bakker") == both
    assert register.finds("laptop kapper") == []


def test_another_organisations_words_are_never_found(register: Register, database: Database):
    stranger = Register(database)
    stranger.has("Geheim Ziekenhuis Zonnestraal", number="20259999")
    index_in_time(60)
    stranger.has("Geheim Ziekenhuis Maanlicht")
    for typed in ("geheim", "zonnestraal", "maanlicht", "20259999", "zonestraal", "gehe"):
        assert stranger.finds(typed), typed
        with acting_for(register.id):
            search = Search(typed)
            assert not any(term.words for term in search.terms) and search.pending == {}
            assert all(search.page(kind, 5).ids == () for kind in KINDS)


def test_pages_follow_by_their_key_while_rows_are_added(register: Register):
    ids = register.has("Laptop gestolen", many=25)
    index_in_time(60)
    seen: list[UUID] = []
    after = None
    while True:
        with acting_for(register.id):
            page = Search("laptop gestolen").page(BREACH, 10, after)
        seen += page.ids
        register.has("Laptop gestolen, later")
        index_in_time(60)
        if (after := page.after) is None:
            break
    assert seen == sorted(ids, reverse=True)


def test_two_very_common_words_are_read_in_parts_and_none_is_passed_over(register: Register):
    oldest = register.has("Laptop en telefoon")
    register.has("Laptop", many=60)
    register.has("Telefoon", many=60)
    index_in_time(60)
    seen: list[UUID] = []
    after, cut = None, 0
    while True:
        with acting_for(register.id):
            page = Search("laptop telefoon", read=20).page(BREACH, 5, after)
        seen, cut = seen + list(page.ids), cut + page.is_cut
        if (after := page.after) is None:
            break
    assert seen == oldest and cut >= 2


def test_words_go_with_the_text_that_had_them(register: Register, database: Database):
    [id] = register.has("Dossier van Annemiek Verhoeven")
    index_in_time(60)
    database.outside("update breach set title = 'Een dossier' where id = :id", id=id)
    assert register.finds("verhoeven") == [] and register.finds("dossier") == [id]
    index_in_time(60)
    assert register.finds("verhoeven") == [] and register.finds("verhoeve") == [] and register.finds("dossier") == [id]
    assert database.outside("select 1 from search_vocabulary where word in ('verhoeven', 'annemiek')") == []


def test_a_row_that_is_gone_leaves_no_word(register: Register, database: Database):
    [id] = register.has("Dossier van Annemiek Verhoeven")
    index_in_time(60)
    database.outside("delete from breach where id = :id", id=id)
    assert register.finds("dossier") == []
    index_in_time(60)
    [left] = database.outside(KEPT, o=register.id)
    assert (left["words"], left["subjects"], left["vocabulary"]) == (0, 0, 0)


def test_every_kind_is_found(database: Database):
    office: Office = an_office(clients=2)
    incident = an_incident(office, title="Laptop gestolen")
    [client] = database.outside("select * from processing_agreement where processor_id = :o order by id limit 1",
                                o=office.id)  # fmt: skip
    for _ in range(2):
        with acting_for(office.id):
            assert Search("laptop gestolen").page(INCIDENT, 5).ids == (incident.id,)
            assert client["id"] in Search(client["controller_name"]).page(CLIENT, 5).ids
            assert client["id"] in Search(client["client_number"]).page(CLIENT, 5).ids
        with acting_for(client["controller_id"]):
            assert len(Search("laptop").page(BREACH, 5).ids) == 1
            assert Search("laptop").page(NOTICE, 5).ids == ()
        index_in_time(60)


def test_so_much_that_waits_is_said(register: Register):
    register.has("Laptop", many=finding.MOST_PENDING + 1)
    with acting_for(register.id):
        search = Search("laptop")
        assert search.more_is_pending and search.page(BREACH, 5).ids
    index_in_time(60)
    with acting_for(register.id):
        assert not Search("laptop").more_is_pending


def test_the_index_is_filled_once_by_whoever_comes(register: Register):
    register.has("Laptop gestolen", many=30)
    index_in_time(60)
    assert index_in_time(60) == 0
    with acting_for(register.id):
        assert db.session.scalar(text("select count(*) from search_word where word = 'laptop'")) == 30


def test_a_large_file_is_read_once_whatever_the_statistics_say(database: Database):
    """Statistics of when nothing waited: a plan made for an empty table reads all that waits for each row of it. Rows
    that are gone already are counted with what is read, a few times each."""
    heavy, waits = an_organisation(), """
        insert into search_pending (organisation_id, kind, subject_id)
        select :o, 'breach', gen_random_uuid() from generate_series(1, 40 * :each)"""
    database.outside(waits, o=heavy, each=EACH)
    while index_in_time(5):
        pass
    database.outside("analyze search_pending")
    database.outside(waits, o=heavy, each=EACH)
    with acting_for_nobody():
        done = db.session.execute(INDEX, {"last": None, "places": 1, "each": EACH}).one().done
        assert done == EACH and db.session.scalar(text(READ_HERE)) <= 200 * EACH
