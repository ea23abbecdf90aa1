"""How many people a notice informed (Art. 34(1)): one count for the pages, the API and the authority's form (10.1.3).

A person is informed when the notice was sent to them and nothing says that it failed. Whoever it did not reach needs
another channel, such as a letter, and does not count until then.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.mail.states import NOT_REACHED, REACHED, SENT


@dataclass(frozen=True)
class PeopleTold:
    """Numbers of people on the list of one notice.

    informed: the notice was sent to them and nothing says that it failed. on_the_way: those among them of whom nothing
    says yet that it arrived. not_reached: it failed, or a person counted them so. not_sent: it waits, or nobody knows
    whether it was sent. `informed`, `not_reached` and `not_sent` add up to the list.
    """

    informed: int
    on_the_way: int
    not_reached: int
    not_sent: int


def people_told(by_state: Mapping[str, int]) -> PeopleTold:
    """Return the numbers for a notice whose readers are in these states, with how many are in each."""
    on_the_way, not_reached = _in(by_state, SENT), _in(by_state, NOT_REACHED)
    informed = _in(by_state, REACHED) + on_the_way
    return PeopleTold(informed, on_the_way, not_reached, sum(by_state.values()) - informed - not_reached)


def _in(by_state: Mapping[str, int], states: tuple[str, ...]) -> int:
    return sum(by_state.get(state, 0) for state in states)
