"""Each kind of proposal that can be accepted makes its row fit: what is proposed is read without a fault."""

from dataclasses import asdict

import pytest

from service.files.proposals import proposals_of
from service.reading.outcome import Choices
from service.reading.reader import reading_of
from service.reading.values.client_number import Known

CASES = [
    ("recipients", "naam;e-mail\nAns;ans @example.nl\n"), ("recipients", "naam;e-mail\nAns;a@x.nl, b@x.nl\n"),
    ("recipients", "naam;e-mail\nAns;ans[at]example.nl\n"), ("recipients", "naam;e-mail\nAns ans@example.nl;\n"),
    ("recipients", "naam;e-mail\nAns;'ans@example.nl\n"), ("recipients", "naam;e-mail\nAns;'ans@example.nl'\n"),
    ("recipients", "naam;e-mail\nAns;\u2019ans@example.nl\n"), ("hits", "klantnummer;aantal\n123;5\n"),
    ("hits", "klantnummer;aantal\n00123;5,0\n"), ("hits", "klantnummer;aantal\n123,0;5\n"),
    ("hits", "klantnummer;aantal\n00123;1,234\n"), ("hits", "klantnummer;aantal\n00123;okt-15\n"),
    ("clients", "klantnummer;naam;kvk\n1;Bol;1234567\n"), ("clients", "klantnummer;naam;uren\n1;Bol;2 dagen\n"),
    ("clients", "klantnummer;naam;diensten\n1;Bol;boekhoudng en loon\n"),
    ("register", "nummer;omschrijving;ontdekt op\n1;Weg;44230\n"),
    ("register", "nummer;omschrijving;ontdekt op\n1;Weg;3-2-21\n"),
    ("register", "nummer;omschrijving;gemeld bij AP\n1;Weg;ja, op tijd\n"),
    ("register", "nummer;omschrijving;gemeld bij AP\n1;Weg;ja, op 3-12-24\n"),
    ("register", "nummer;omschrijving;gemeld bij AP;datum melding AP\n1;Weg;ja;n.v.t.\n"),
    ("register", "nummer;omschrijving;ontdekt op\n1;Weg;n.v.t.\n"),
]  # fmt: skip


@pytest.mark.parametrize(("purpose", "content"), CASES)
def test_what_is_proposed_fits(purpose: str, content: str) -> None:
    known = Known(["00123"]) if purpose == "hits" else None

    def read(choices: Choices) -> tuple[int, list[dict[str, object]]]:
        reading = reading_of(content.encode(), purpose, choices, known)
        return len(list(reading.items())), [asdict(fault) for fault in reading.faults]

    fits, faults = read(Choices())
    assert fits == 0 and len(faults) == 1, faults
    proposals = proposals_of(faults[0])
    assert proposals, faults
    for proposal in proposals:
        accepted = {(faults[0]["row"], faults[0]["column"]): proposal}
        assert read(Choices(accepted=accepted)) == (1, []), proposal  # type: ignore[arg-type]
