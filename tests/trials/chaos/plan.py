"""What will go wrong, and when: blows to processes and servers, and what SendGrid does. Same seed, same plan."""

import random
from dataclasses import dataclass
from typing import Any

KILLED = {"worker": 5, "clock": 2, "web": 2, "web_child": 3, "sandbox": 2, "valkey": 2}
"""What may be killed, and how often each in comparison."""
RESTARTS = ("restart_immediate", "restart_fast")
FLUSH = "flush"
GAPS = (0.3, 2.2)
LONGEST_DOWN = 1.2
# A share of all requests each; together a third of them. Only the first four are mail that SendGrid did not take.
REFUSALS = {"429": 0.08, "500": 0.03, "drop_before_accepting": 0.03, "503": 0.02}
LIES = {"500_after_accepting": 0.05, "drop_after_accepting": 0.05, "timeout_after_accepting": 0.03, "slow": 0.08}
SLOW_S = 3.0
MANY = 1_000_000
WEBHOOK = {"duplicate": 0.2, "lose": 0.02, "shuffle": True, "delay": 0.3}


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong: so long after the one before; `pick` tells which of its kind, `down` for how long."""

    after: float
    what: str
    pick: float
    down: float


def plan_of(seed: int, kills: int, flushes: int, restarts: int) -> tuple[Fault, ...]:
    """All blows in their order."""
    chance = random.Random(seed)
    what = chance.choices(list(KILLED), list(KILLED.values()), k=kills)
    what += [FLUSH] * flushes + [RESTARTS[nth % len(RESTARTS)] for nth in range(restarts)]
    chance.shuffle(what)
    return tuple(
        Fault(chance.uniform(*GAPS), one, chance.random(), chance.uniform(0.0, LONGEST_DOWN)) for one in what
    )


def lasts(plan: tuple[Fault, ...]) -> float:
    """About how many seconds all of it takes."""
    return sum(fault.after + fault.down for fault in plan)


def sandbox_faults(seed: int, time: int = 0) -> dict[str, Any]:
    """What SendGrid does meanwhile; a sandbox that was killed forgot it, and is told again, with other luck."""
    rules = [
        {"kind": kind, "share": share, "times": MANY, "seconds": SLOW_S, "reset_in": 1}
        for kind, share in (REFUSALS | LIES).items()
    ]
    luck = seed * 1000 + time
    return {"rules": rules, "seed": luck, "webhook": WEBHOOK | {"seed": luck}}
