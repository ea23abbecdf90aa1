"""The states of mail are one vocabulary: the module, the table that SQL joins, and what a recipient may be in."""

import re
from dataclasses import asdict

from tests.conftest import Database
from workflows.mail.states import NAMES, NOT_REACHED, ON_THE_WAY, REACHED, STATES


def test_the_table_has_the_states_of_the_module(database: Database) -> None:
    assert database.outside("select * from mail_state order by rank, name") == [
        asdict(state) for state in sorted(STATES, key=lambda state: (state.rank, state.name))
    ]


def test_a_recipient_can_be_in_each_of_them_and_in_no_other(database: Database) -> None:
    [row] = database.outside("""
        select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'recipient_state_check'""")
    assert sorted(re.findall(r"'(\w+)'", row["text"])) == sorted(NAMES)


def test_each_state_is_on_the_way_reached_or_not_reached() -> None:
    assert sorted((*ON_THE_WAY, *REACHED, *NOT_REACHED)) == sorted(NAMES)
