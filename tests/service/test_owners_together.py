"""A model of three owners: one keeps asking that another goes, and the other two do what they can against it.

What they can is to ask too, to take that back, and to object, in each order, each day before or after the one who
keeps asking. On the ninth day at the latest the seat can be ended.
"""

from itertools import product

import pytest
from flask import Flask

from tenants.identity.users import OWNER
from tests.conftest import Database
from tests.factories import a_member
from tests.service.caller import Caller, caller_for
from tests.service.worlds import TwoOwners

DAYS, AT_THE_LATEST, MOST = 40, 9, 3
ACTS = ("ask", "take back", "object")
ORDERS = [order for acts in range(MOST + 1) for order in product(ACTS, repeat=acts)]
"""What the two may do on one day, up to so many acts: none stands for standing by."""


class Walk:
    """Day after day: the plotters act, then who keeps asking; or the other way around."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.house = TwoOwners(app, database)
        third = a_member(self.house.id, OWNER, "Derk").id
        assert third
        self.good, self.ally, self.target = self.house.bo, caller_for(app, third), self.house.anna
        self.ending = f"{self.house.seat}/ending"

    def plots(self, act: str) -> None:
        who: Caller = self.target if act == "object" else self.ally
        if act == "ask":
            who.post(self.ending)
        else:
            who.call("DELETE", self.ending)

    def ended(self) -> bool:
        """Whether the one who keeps asking could take the other out now; else it is asked."""
        if self.good.call("DELETE", self.house.seat).status_code == 204:
            return True
        self.good.post(self.ending)
        return False


@pytest.mark.parametrize("first", ["good", "plotters"])
@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_whoever_is_asked_to_go_again_and_again_can_be_taken_out(
    app: Flask, database: Database, order: tuple[str, ...], first: str
) -> None:
    walk = Walk(app, database)
    for day in range(DAYS):
        if first == "plotters":
            for act in order:
                walk.plots(act)
        if walk.ended():
            assert day <= AT_THE_LATEST
            return
        if first == "good":
            for act in order:
                walk.plots(act)
        walk.house.a_day_later()
    pytest.fail("the seat never ended")
