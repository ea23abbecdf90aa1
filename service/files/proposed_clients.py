"""A client number that is proposed stands beside the name of that client: a person decides by the name."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from service.files.purposes import HITS
from tenants.agreements.client_list import names_by_number
from tenants.files.uploaded import UploadedFile


def with_proposed_names(file: UploadedFile, faults: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return faults as a dry run shows them, each with `proposal_name`: what the proposed client is called; None where
    no client is proposed."""
    listed = list(faults)
    names = _names(file, (fault["proposal"] or "" for fault in listed))
    return [{**fault, "proposal_name": names.get(fault["proposal"] or "")} for fault in listed]


def proposal_words(file: UploadedFile, proposals: Iterable[str]) -> Callable[[str], str]:
    """Return what says a proposal in words: "00123 (Bakkerij Jansen)", and any other value as it is."""
    names = _names(file, proposals)
    return lambda proposal: f"{proposal} ({names[proposal]})" if proposal in names else proposal


def _names(file: UploadedFile, proposals: Iterable[str]) -> dict[str, str]:
    return names_by_number(set(proposals) - {""}) if file.purpose == HITS else {}
