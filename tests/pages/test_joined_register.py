"""Two registers of one organisation were joined: the history of each stays readable, one beside the other."""

from collections.abc import Callable

from flask import Flask

from tenants.history.entries import Actor
from tenants.identity.users import OWNER
from tests.conftest import Database
from tests.factories import a_member
from tests.pages.conftest import Reader, slug_of
from tests.worlds.two_registers import TwoRegisters

Login = Callable[[Actor], Reader]


def test_who_has_a_seat_in_both_reads_both(reader: Login, app: Flask, database: Database) -> None:
    twice = TwoRegisters(database)
    here, old = (f"/o/{slug_of(register)}" for register in (twice.goes_on, twice.old))
    there = reader(twice.owner)
    assert 'id="joined"' not in there.see(f"{here}/processors")
    twice.join()
    page = there.see(f"{here}/processors")
    assert f'href="{old}/register"' in page and "Registers die hierin zijn samengevoegd" in page
    there.see(f"{old}/register")
    stranger = reader(a_member(twice.goes_on, OWNER, "Alleen hier"))
    assert 'id="joined"' not in stranger.see(f"{here}/processors")
    stranger.see(f"{old}/register", 404)
