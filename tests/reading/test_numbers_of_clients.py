"""Client numbers that are not known: proposed, named, and never taken by themselves."""

import pytest

from service.reading.values.client_number import Known
from tests.reading.read import read


@pytest.mark.parametrize(("cell", "proposal"), [
    ("457", "00457"), ("b0071", "B-0071"), ("B 0071", "B-0071"), ("5,6E+12", ""), ("20031,00", "20031"), ("999", ""),
])  # fmt: skip
def test_a_client_number_that_is_not_known_is_proposed_and_never_taken(cell: str, proposal: str) -> None:
    known = Known(["00457", "B-0071", "20031", "5600000000012"])
    got = read(f"klantnummer;aantal\n{cell};5\n", "hits", known)
    [(row, _, proposed)] = got.faults
    assert (row, proposed, got.items) == (2, proposal, {})


@pytest.mark.parametrize(("name", "key"), [
    ("Kneuterdam", "client.unknown_otherwise"), ("Bakkerij Kneuterdam", "client.unknown_otherwise"),
    ("Bakkerij Jansen", "client.unknown"), ("JANSEN", "client.unknown"), ("Bakkerij Jansen B.V.", "client.unknown"),
    ("Bakkerij Janssén", "client.unknown_otherwise"), ("", "client.unknown"), ("-", "client.unknown"),
])  # fmt: skip
def test_a_proposed_client_with_another_name_than_the_row_says_is_a_fault_of_its_own(name: str, key: str) -> None:
    known = Known(["00001"], {"00001": "Bakkerij Jansen"})
    for headings, cells in (("klantnummer;Bedrijfsnaam", f"1;{name}"), ("Naam;klantnummer", f"{name};1")):
        got = read(f"{headings}\n{cells}\n", "hits", known)
        assert got.faults == [(2, key, "00001")] and got.items == {} and len(got.unused) == 1


def test_two_numbers_that_are_alike_propose_neither() -> None:
    assert Known(["0012", "00012"]).like("12") == ""
