"""Leases on ready steps: claimed with a token and committed before anything is done; handed back or failed after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.errors import Refused
from tenants.isolation import acting_for
from workflows.engine.steps import Workflow

LEASE_S = 60
BATCH = 200
MOST_ATTEMPTS = 8

# Materialized, and the ids as an array: a join could ask again, claim more than the limit, and scan rows by rows.
CLAIM = text("""
    with claimed as materialized (
      select s.id from step s
       where s.organisation_id = :organisation and s.state = 'ready' and s.ready_at <= now()
         and (select r.workflow || '@' || r.version from run r
               where r.organisation_id = s.organisation_id and r.id = s.run_id) = any(:known)
       order by s.ready_at, s.id limit :most for update skip locked),
    leased as (
      update step s set state = 'running', attempt = s.attempt + 1, lease_token = :token,
                        lease_until = now() + make_interval(secs => :lease)
       where s.organisation_id = :organisation and s.id = any(array(select id from claimed))
      returning s.id, s.run_id, s.name)
    select l.id, l.run_id, l.name, r.workflow, r.version
      from leased l join run r on r.organisation_id = :organisation and r.id = l.run_id""")
# Back-off: 2, 4, 8 ... seconds with jitter; after the last attempt it has failed.
FAIL = text("""
    update step set state = case when attempt >= :most then 'failed' else 'ready' end, error = :error,
           ready_at = now() + interval '1 second' * power(2, attempt) * (0.5 + random()),
           lease_token = null, lease_until = null
     where organisation_id = :organisation and lease_token = :token and id = any(:ids)""")
# What was not begun is ready again at once, and the attempt was none.
HAND_BACK = text("""
    update step set state = 'ready', attempt = attempt - 1, lease_token = null, lease_until = null, ready_at = now()
     where organisation_id = :organisation and lease_token = :token and id = any(:ids)""")


@dataclass(frozen=True)
class Claimed:
    """Leased steps of one name and one definition, all with the same token."""

    workflow: Workflow
    name: str
    steps: tuple[tuple[UUID, UUID], ...]
    token: UUID

    @property
    def ids(self) -> list[UUID]:
        """Return the ids of the steps."""
        return [step_id for step_id, _ in self.steps]

    def shares(self) -> "list[Claimed]":
        """Return the parts to do in one transaction each: all steps together, or each step apart when it is to be done
        alone."""
        return self.one_by_one() if getattr(self.workflow.step(self.name), "alone", False) else [self]

    def one_by_one(self) -> "list[Claimed]":
        """Return each step apart, as a Claimed of its own."""
        return [Claimed(self.workflow, self.name, (step,), self.token) for step in self.steps]


def known_definitions(catalogue: Mapping[str, Workflow]) -> list[str]:
    """Return every definition of this build as "name@version", the earlier ones too."""
    return [f"{d.name}@{d.version}" for newest in catalogue.values() for d in (newest, *newest.earlier)]


def claim(organisation: UUID, catalogue: Mapping[str, Workflow], token: UUID) -> list[Claimed]:
    """Lease up to a batch of ready steps whose definition this build has, and commit."""
    values = {"organisation": organisation, "token": token, "lease": LEASE_S, "most": BATCH}
    groups: dict[tuple[str, int], list[tuple[UUID, UUID, str]]] = {}
    with acting_for(organisation):
        rows = db.session.execute(CLAIM, values | {"known": known_definitions(catalogue)}).all()
    for step_id, run_id, name, workflow, version in rows:
        groups.setdefault((workflow, version), []).append((step_id, run_id, name))
    return [
        claimed
        for (workflow, version), steps in groups.items()
        for claimed in by_name(catalogue[workflow].as_of(version), steps, token)
    ]


def by_name(workflow: Workflow, leased: Iterable[tuple[UUID, UUID, str]], token: UUID) -> list[Claimed]:
    """Group leased steps (id, run, name) of one definition by their name."""
    groups: dict[str, list[tuple[UUID, UUID]]] = {}
    for step_id, run_id, name in leased:
        groups.setdefault(name, []).append((step_id, run_id))
    return [Claimed(workflow, name, tuple(steps), token) for name, steps in groups.items()]


def note_failure(organisation: UUID, claimed: Claimed, fault: Exception) -> None:
    """Put the steps off, or fail them for good after the last attempt; the kind of the fault is kept.

    Its message is not kept: it may quote an address or a name, which are kept sealed only.
    """
    _release(FAIL, organisation, claimed, {"most": MOST_ATTEMPTS, "error": named(fault)})


def named(fault: Exception) -> str:
    """Return the kind of a fault as it is kept."""
    return type(fault).__name__ + (f": {fault.key}" if isinstance(fault, Refused) else "")


def hand_back(organisation: UUID, claims: Iterable[Claimed]) -> None:
    """Give back the steps that a stopping worker has not begun."""
    for claimed in claims:
        _release(HAND_BACK, organisation, claimed, {})


def _release(how: object, organisation: UUID, claimed: Claimed, values: dict[str, object]) -> None:
    with acting_for(organisation):
        ours = {"organisation": organisation, "token": claimed.token, "ids": claimed.ids}
        db.session.execute(how, ours | values)  # type: ignore[call-overload]
