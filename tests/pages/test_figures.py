"""The register in figures: each figure opens the list of what it counts, and old breaches count."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from service.reading.values import no_value
from tenants.history.entries import Actor, of_subject
from tenants.identity.users import AUDITOR, OWNER
from tenants.isolation import acting_for
from tenants.register.figures import NOT_KNOWN
from tenants.register.filtering import Wanted, filtered_breaches
from tests.conftest import Database
from tests.counting import statements_of
from tests.factories import Office, a_member, an_office, an_own_breach
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import caller_for
from workflows.dossiers.register_figures import FIGURES, SUM, TOGETHER, WORDS, RegisterFigures, register_figures

Login = Callable[[Actor], Reader]
# Found at half past midnight on the first of January in the Netherlands, which is the year before in UTC.
ADD = """
    insert into breach (organisation_id, reference, title, origin, found_at, became_aware_at, description, decision,
                        decided_at, submitted_at, due_at, may_be_due, facts, people_min, people_max, people_estimate)
    select :o, 'X-' || n, 'Geval ' || n, (array['own', 'escalated'])[1 + n % 2], m.at, m.at, 'x',
           case when n % 6 in (1, 2, 3) then 'notify' when n % 6 = 4 then 'do_not_notify' end,
           case when n % 6 in (1, 2, 3, 4) then m.at end,
           case n % 6 when 1 then m.at + interval '1 day' when 2 then m.at + interval '9 days' end,
           m.at + interval '3 days', n % 6 <> 5,
           (array['{}', '{"nature": null, "data": []}', '{"nature": ["integrity"], "data": ["bsn", "name"]}',
                  '{"nature": ["integrity", "confidentiality"], "data": ["other"]}'])[1 + n % 4]::jsonb,
           (array[null, 5, 5, null, 0])[1 + n % 5], (array[null, 5, null, 9, 7])[1 + n % 5],
           n in (1, 7, 9, 10)
      from generate_series(1, 36) n
     cross join lateral (
       select (2024 + n % 2 || '-01-01 00:30')::timestamp at time zone 'Europe/Amsterdam' as at) m"""
ADD_OLD = """
    insert into breach (organisation_id, reference, title, origin, description, may_be_due, taken_over,
                        taken_over_key, taken_over_file, people_min, people_max, people_estimate)
    select :o, 'DL-' || n, 'Geval ' || n, 'taken_over', 'x', false, jsonb_build_object(
             'discovered_on', (array['2019-03-04', '2024-02-03', null])[1 + n % 3],
             'reported_to_ap', (array['yes', 'no', 'unclear', 'unknown', 'not_applicable'])[1 + n % 5],
             'people_told', (array['unclear', 'yes', 'no'])[1 + n % 3], 'estimate', n = 1,
             'nature', (array['Diefstal', ' Onbekend ', null])[1 + n % 3],
             'kinds_of_data', (array['Naam, adres', null, 'nog niet bekend'])[1 + n % 3],
             'began_on', null, 'reported_on', null), 'DL-' || n, uuidv7(), 300, 300, n = 1
      from generate_series(1, 15) n"""
TELL = """
    insert into notice (organisation_id, breach_id, check_code, sent_at)
    select organisation_id, id, 'AAAA-' || lpad(reference, 4, 'A'), case when reference = 'X-1' then now() end
      from breach where organisation_id = :o and reference in ('X-1', 'X-7')"""
CELL = re.compile(r'href="(/o/[^"]*/register\?[^"]*figure=[^"]*)">\s*([0-9.]+)<span')


@pytest.fixture(scope="module")
def register(database: Database, app: Flask) -> Office:
    office, other = an_office(0), an_office(0)
    an_own_breach(other.id, other.officer)
    for table in ("breach", "notice"):
        database.outside(f"alter table {table} disable trigger all")
    for statement in (ADD, ADD_OLD, TELL):
        database.outside(statement, o=office.id)
    for table in ("breach", "notice"):
        database.outside(f"alter table {table} enable trigger all")
    return office


def figures_of(office: Office) -> RegisterFigures:
    with acting_for(office.id):
        return register_figures()


def test_the_figures_are_those_counted_by_hand(register: Office):
    figures = figures_of(register)
    assert figures.years == ("2025", "2024", "2019", "unknown")
    counts = {row.filter or f"{SUM}_{row.word}": tuple(row.counts[y] for y in (TOGETHER, *figures.years))
              for row in figures.rows}  # fmt: skip
    old = {row.filter: row.old.get(TOGETHER) for row in figures.rows}
    assert counts["breaches_all"] == (51, 18, 23, 5, 5) and counts["breaches_old"] == (15, 0, 5, 5, 5)
    assert counts["notified_yes"][0] == 12 + 3 and old["notified_yes"] == 3 and counts["notified_unclear"][0] == 3
    assert counts["notified_no"][0] == 6 + 3 and counts["notified_pending"][0] == 12 and old["notified_no"] == 3
    assert counts["notified_elsewhere"][0] == 6 and counts["notified_not_applicable"][0] == 3
    assert [counts[f"term_{word}"][0] for word in ("in_time", "late", "unknown")] == [6, 6, 3]
    assert counts["told_yes"][0] == 1 + 5 and counts["told_unclear"][0] == 5 and old["told_unclear"] == 5
    assert counts["told_pending"][0] == 12 + 1 and counts["told_no"][0] == 10 + 6 + 5
    assert counts["people_about"] == (3 + 1, 3, 1, 0, 0) and counts["people_exact"][0] == 7 + 14
    assert [counts[f"people_{word}"][0] for word in ("between", "least", "most", "unknown")] == [6, 6, 7, 7]
    assert counts["nature_integrity"] == (18, 9, 9, 0, 0) and counts["nature_confidentiality"][0] == 9
    assert counts["nature_unknown"][0] == 18 + 10 and counts["nature_in_words"] == (5, 0, 0, 5, 0)
    assert counts["data_in_words"] == (5, 0, 0, 5, 0) and counts["data_unknown"][0] == 18 + 10
    assert counts["data_bsn"][0] == 9 and "data_iban" not in counts
    assert counts["sum_least"][0] == 15 * 5 + 15 * 300 and counts["sum_most"] == (None, None, None, 1500, 1500)
    assert old["breaches_all"] == 15
    assert all(row.estimates == ({TOGETHER, "2025", "2024"} if row.group == SUM else set()) for row in figures.rows)


def test_an_old_register_that_does_not_know_is_not_counted_as_words():
    """The words that the reader knows for it; signs alone are no text of an old register."""
    assert set(NOT_KNOWN) == {word for word in no_value.UNKNOWN if any(map(str.isalnum, word))}


def test_each_group_counts_every_breach_once_or_of_what_it_is_about(register: Office):
    rows = figures_of(register).rows
    for group, whole in {"notified": 51, "told": 51, "people": 51, "term": 15}.items():
        assert sum(row.counts[TOGETHER] or 0 for row in rows if row.group == group) == whole


def test_the_list_has_as_many_breaches_as_each_figure_counts(register: Office):
    figures = figures_of(register)
    rows = {row.filter: row for row in figures.rows}
    seen = set()
    with acting_for(register.id):
        for name in FIGURES:
            for column in (TOGETHER, *figures.years):
                wanted = Wanted(found_in=None if column == TOGETHER else column, figure=name)
                number = len(filtered_breaches(wanted, 100).page.rows)
                assert number == (rows[name].counts[column] if name in rows else 0), (name, column)
                seen |= {name.partition("_")[0]} if number else set()
    assert seen == set(WORDS)


def test_each_number_of_the_page_opens_as_many_breaches(register: Office, reader: Login):
    there = reader(register.officer)
    page = there.see(f"/o/{slug_of(register.id)}/register/figures")
    cells = CELL.findall(page)
    assert page.count("<table") == len(WORDS)
    assert len(cells) == sum(bool(count) for row in figures_of(register).rows if row.filter
                             for count in row.counts.values())  # fmt: skip
    assert "waarvan 3 uit een oud register" in unescape(page)
    for address, number in cells[:: len(cells) // 12]:
        listed = there.see(unescape(address))
        assert listed.count('<th scope="row">') == min(int(number), 50), address
        assert "Cijfer: " in listed and 'class="chosen"' in listed


@pytest.mark.parametrize(("language", "sums"), [
    ("nl", ["minstens ongeveer 4.575", "minstens ongeveer", "minstens ongeveer", "1.500", "1.500"]),
    ("en", ["at least about 4,575", "at least about", "at least about", "1,500", "1,500"]),
])  # fmt: skip
def test_a_sum_that_holds_an_estimate_says_about(
    register: Office, reader: Login, language: str, sums: list[str]
) -> None:  # fmt: skip
    there = reader(register.officer)
    there.see(f"/language/{language}", 303)
    page = unescape(there.see(f"/o/{slug_of(register.id)}/register/figures"))
    shown = re.findall(r"<td[^>]*>\s*([^<]*?)\s*</td>", page[page.index('id="figures-people"'):])[: len(sums)]
    assert all(said.startswith(begins) for said, begins in zip(shown, sums, strict=True)), shown


def test_what_is_no_figure_is_a_fault_at_its_field_and_the_whole_list_stays(register: Office, reader: Login):
    address = f"/o/{slug_of(register.id)}/register"
    there = reader(register.officer)
    wrong, right = there.see(f"{address}?figure=none&found_in=gisteren", 422), there.see(address)
    assert wrong.count('<th scope="row">') == 50 and 'id="f-figure"' in wrong and 'id="f-found_in"' in wrong
    assert 'id="f-figure"' not in right and "/register/figures" in right


def test_one_statement_reads_the_figures(register: Office):
    with acting_for(register.id), statements_of() as statements:
        register_figures()
    assert len(statements) == 1


def test_api_and_files_say_the_same_and_who_takes_a_file_is_remembered(register: Office, app: Flask):
    owner, auditor = (a_member(register.id, role, name) for role, name in ((OWNER, "Olga"), (AUDITOR, "Aad")))
    assert owner.id and auditor.id
    caller = caller_for(app, auditor.id)
    figures, answer = figures_of(register), caller.get("figures").json
    assert answer and answer["years"] == list(figures.years) and len(answer["items"]) == len(figures.rows)
    [notified] = [row for row in answer["items"] if row["figure"] == "notified_yes"]
    assert (notified["total"], notified["old"]) == (15, 3) and sum(notified["years"].values()) == 15
    listed = caller.get("breaches?figure=notified_yes&limit=100").json
    assert listed and len(listed["items"]) == 15
    caller = caller_for(app, owner.id)
    assert caller.get("figures.json").json == answer["items"]
    text = caller.get("figures.csv", headers={"Accept-Language": "nl"}).get_data().decode("utf-8-sig")
    headings, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert headings[2:4] == ["Alle jaren", "2025"] and len(rows) == len(figures.rows)
    assert next(row for row in rows if row[0] == "Gemeld bij de AP")[:3] == ["Gemeld bij de AP", "ja", "15"]
    assert [row[2] for row in rows[-2:]] == ["ongeveer 4.575", ""]
    assert [row["estimated"] for row in answer["items"][-2:]] == [["2024", "2025"]] * 2
    assert caller.get("figures.xlsx").status_code == 200
    with acting_for(register.id):
        entries = [entry for entry in of_subject(register.id) if entry.what == "figures.exported"]
    assert len(entries) == 3 and entries[-1].actor_name == "Olga"


def test_an_empty_register_says_what_will_stand_there(app: Flask, reader: Login):
    office = an_office(0)
    page = reader(office.officer).see(f"/o/{slug_of(office.id)}/register/figures")
    assert "Uw register is leeg" in page and "<table" not in page
