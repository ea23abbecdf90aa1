"""Proposals beside the faults of a file: somebody accepts them, one by one or all of one kind, and can take that back.

Nothing is accepted by itself. The file is read again with the proposal in place of what stands in the cell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from service.files.choices import from_kept
from service.files.receiving import read_as_before
from service.schemas.file_proposals import Accepting
from tenants.errors import Invalid
from tenants.files.parts import FAULTS, all_rows
from tenants.files.uploaded import UploadedFile, waiting_file

TWO_ADDRESSES = "file.two_addresses"
ABOUT_SEVERAL = frozenset({"mail.name_invalid", "fact.people_reversed"})
"""Faults of which the proposal is made of several cells: no cell can hold it."""
ONE_BY_ONE = frozenset({"client.unknown_otherwise"})
"""Faults of which a person looks at each proposal: the row says something else too."""
MOST_ACCEPTED = 20_000
FIELD = "proposals"


@dataclass(frozen=True)
class Accepted:
    """A proposal that was accepted, and where."""

    row: int
    column: str
    proposal: str


@dataclass(frozen=True)
class Kind:
    """Faults of one kind that have a proposal each: how many, and the first of them."""

    key: str
    count: int
    column: str
    value: str
    proposal: str


def proposals_of(fault: Mapping[str, Any]) -> list[str]:
    """Return what may be accepted in place of the cell of a fault: nothing, a proposal, or one of several."""
    proposal, key = fault["proposal"], fault["key"]
    if not proposal or not fault["column"] or key in ABOUT_SEVERAL:
        return []
    return proposal.split(", ") if key == TWO_ADDRESSES else [proposal]


def is_of_kind(fault: Mapping[str, Any]) -> bool:
    """Return whether the proposal of a fault can be accepted with all others of its kind: not one of several, and not
    one that a person must look at."""
    return len(proposals_of(fault)) == 1 and fault["key"] not in ONE_BY_ONE


def kinds_of_proposals(file: UploadedFile) -> list[Kind]:
    """Return the kinds of faults of which all proposals can be accepted at once, with the first one as an example."""
    by_key: dict[str, list[Mapping[str, Any]]] = {}
    for fault in all_rows(file.id, FAULTS):
        if is_of_kind(fault):
            by_key.setdefault(fault["key"], []).append(fault)
    return [
        Kind(key, len(faults), faults[0]["column"], faults[0]["value"], faults[0]["proposal"])
        for key, faults in by_key.items() if len(faults) > 1
    ]  # fmt: skip


def accepted_in(file: UploadedFile) -> list[Accepted]:
    """Return what was accepted of a file that waits, by row."""
    kept = from_kept(file.words.get("choices") or {}).accepted
    return [Accepted(row, column, proposal) for (row, column), proposal in sorted(kept.items())]


def accepted_rows(file: UploadedFile) -> dict[int, list[str]]:
    """Return, by row that fits, the fields of which a proposal was accepted."""
    accepted = accepted_in(file)
    wrong = {fault["row"] for fault in all_rows(file.id, FAULTS)} if accepted else set()
    fields = {column["heading"]: column["field"] for column in file.words["reading"]["columns"]}
    by_row = dict[int, list[str]]()
    for each in accepted:
        if each.row not in wrong and fields.get(each.column):
            by_row.setdefault(each.row, []).append(fields[each.column])
    return by_row


def accept(file_id: UUID, acceptings: Sequence[Accepting], version: int | None) -> UploadedFile:
    """Accept these proposals, or take that back, and read the file again with those that are accepted.

    Raises NotFound, OutOfDate, AlreadyDone for a file that was taken, and Invalid for what was not proposed.
    """
    file = waiting_file(file_id, version)
    if not file.is_confirmed:
        raise Invalid("file.columns_first", FIELD)
    choices = from_kept(file.words["choices"])
    accepted = dict(choices.accepted)
    offered = _offered(all_rows(file.id, FAULTS))
    for accepting in acceptings:
        if accepting.is_undone:
            _take_back(accepting, accepted)
        else:
            accepted |= _proposed(accepting, offered)
    if len(accepted) > MOST_ACCEPTED:
        raise Invalid("file.too_many_accepted", FIELD, most=MOST_ACCEPTED)
    return read_as_before(file, replace(choices, accepted=accepted))


def _take_back(accepting: Accepting, accepted: dict[tuple[int, str], str]) -> None:
    """Take back one, or with neither row nor column all of them. Raises Invalid for one that was not accepted."""
    if accepting.row is None:
        accepted.clear()
    elif accepted.pop((accepting.row, accepting.column or ""), None) is None:
        raise Invalid("file.not_proposed", FIELD)


@dataclass(frozen=True)
class _Offered:
    """What the faults of a file propose: the choices at each row and column, and where a kind has one each."""

    at: Mapping[tuple[int, str], list[str]]
    of_kind: Mapping[str, dict[tuple[int, str], str]]


def _offered(faults: Iterable[Mapping[str, Any]]) -> _Offered:
    at, of_kind = dict[tuple[int, str], list[str]](), dict[str, dict[tuple[int, str], str]]()
    for fault in faults:
        where, proposals = (fault["row"], fault["column"]), proposals_of(fault)
        at.setdefault(where, []).extend(proposals)
        if is_of_kind(fault):
            of_kind.setdefault(fault["key"], {})[where] = proposals[0]
    return _Offered(at, of_kind)


def _proposed(accepting: Accepting, offered: _Offered) -> dict[tuple[int, str], str]:
    """Return where each proposal stands that is meant, and what is proposed there. Raises Invalid for none."""
    if accepting.key is not None:
        chosen = offered.of_kind.get(accepting.key, {})
    else:
        where = (accepting.row or 0, accepting.column or "")
        choices = offered.at.get(where, [])
        wanted = accepting.proposal or (choices[0] if len(choices) == 1 else None)
        chosen = {where: wanted} if wanted is not None and wanted in choices else {}
    if not chosen:
        raise Invalid("file.not_proposed", FIELD)
    return chosen
