"""A register of a spreadsheet, taken over: fifty breaches with days, answers that are unclear, and doubles."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import cycle, islice
from typing import Any
from uuid import UUID, uuid4

from tenants.database import db
from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.register.breaches import Breach
from tests.factories import a_member, an_organisation
from workflows.notification.taking_over import OldBreach, TakenOver, take_over

HASH = "5e" * 32
ANSWERS = ("yes", "no", "unclear", "unknown", "not_applicable")
LAPTOP = OldBreach(
    row=3, reference="DL-2023-007", title="Laptop uit de auto", began_on=date(2023, 12, 24),
    discovered_on=date(2023, 12, 27), reported_on=date(2024, 1, 2), reported_to_ap="yes", people_told="unclear",
    people_min=40, people_max=40, estimate=True, ap_number="AP-771234", nature="Diefstal", kinds_of_data="Naam, adres",
    consequences="Misbruik van gegevens", measures="Wachtwoord veranderd", reason="Schijf niet versleuteld",
)  # fmt: skip
BARE = OldBreach(row=4, reference=None, title="Brief zoek")
"""No number, no day, no answer."""
LIKE_OURS = OldBreach(row=5, reference="2026-0001", title="Mail aan een ander", began_on=date(2019, 3, 31))


def fifty() -> list[OldBreach]:
    """Fifty rows, of which a number comes twice, and a row without one, which is another breach."""
    answers = list(islice(cycle(ANSWERS), 45))
    plain = [
        OldBreach(row=n + 6, reference=f"DL-{n}", title=f"Oud geval {n}", discovered_on=date(2021, 1 + n % 12, 5),
                  reported_to_ap=answer, people_told=answers[n - 1])
        for n, answer in enumerate(answers)
    ]  # fmt: skip
    return [LAPTOP, BARE, LIKE_OURS, *plain, replace(LAPTOP, row=51, title="Andere titel"), replace(BARE, row=52)]


@dataclass(frozen=True)
class OldRegister:
    """An organisation that took over its old register, one of its officers, and what came of the file."""

    id: UUID
    officer: Actor
    file: UUID
    outcome: TakenOver

    def row(self, reference: str) -> Breach:
        """The breach with this reference, within a transaction of the organisation."""
        return db.session.query(Breach).filter_by(organisation_id=self.id, reference=reference).one()

    def breach_id(self, reference: str) -> UUID:
        """The id of that breach."""
        with acting_for(self.id):
            return self.row(reference).id


def an_old_register(rows: Sequence[OldBreach] = (), **more: Any) -> OldRegister:
    """Take these rows over, or the fifty."""
    organisation, file = an_organisation(**more), uuid4()
    officer = a_member(organisation)
    with acting_for(organisation):
        outcome = take_over(rows or fifty(), file, HASH, officer)
    return OldRegister(organisation, officer, file, outcome)
