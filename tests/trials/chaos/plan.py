"""Plans what goes wrong, and when: faults of processes and servers, and of SendGrid. The same seed makes the same plan.
"""

import random
from dataclasses import dataclass
from typing import Any

KILLED = {"worker": 5, "clock": 2, "web": 2, "web_child": 3, "sandbox": 2, "valkey": 2}
"""The processes that may be killed, each with its relative frequency."""
RESTARTS = ("restart_immediate", "restart_fast")
FLUSH = "flush"
GAPS = (0.3, 2.2)
LONGEST_DOWN = 1.2
# Each is a share of all requests; together they are a third. Only REFUSALS are mail that SendGrid did not take.
REFUSALS = {"429": 0.08, "500": 0.03, "drop_before_accepting": 0.03, "503": 0.02}
LIES = {"500_after_accepting": 0.05, "drop_after_accepting": 0.05, "timeout_after_accepting": 0.03, "slow": 0.08}
SLOW_S = 3.0
MANY = 1_000_000
WEBHOOK = {"duplicate": 0.2, "lose": 0.02, "shuffle": True, "delay": 0.3}


@dataclass(frozen=True)
class Fault:
    """One fault. `after` is the seconds since the one before, `pick` chooses a process of its kind, `down` is in
    seconds."""

    after: float
    what: str
    pick: float
    down: float


def plan_of(seed: int, kills: int, flushes: int, restarts: int) -> tuple[Fault, ...]:
    """Return all faults in their order."""
    chance = random.Random(seed)
    what = chance.choices(list(KILLED), list(KILLED.values()), k=kills)
    what += [FLUSH] * flushes + [RESTARTS[nth % len(RESTARTS)] for nth in range(restarts)]
    chance.shuffle(what)
    return tuple(
        Fault(chance.uniform(*GAPS), kind, chance.random(), chance.uniform(0.0, LONGEST_DOWN)) for kind in what
    )


def lasts(plan: tuple[Fault, ...]) -> float:
    """Return about how many seconds the whole plan takes."""
    return sum(fault.after + fault.down for fault in plan)


def sandbox_faults(seed: int, time: int = 0) -> dict[str, Any]:
    """Return the faults of SendGrid. A sandbox that was killed forgot them and gets them again, with `time` in its
    seed."""
    rules = [
        {"kind": kind, "share": share, "times": MANY, "seconds": SLOW_S, "reset_in": 1}
        for kind, share in (REFUSALS | LIES).items()
    ]
    luck = seed * 1000 + time
    return {"rules": rules, "seed": luck, "webhook": WEBHOOK | {"seed": luck}}
