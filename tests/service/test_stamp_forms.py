"""verify.py reads a time stamp as it must be: each part that is altered alone is told, in its own words."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any

import pytest

from service.evidence import verify
from tests.authority import OCTETS, SEQUENCE, SET, SIGNED_DATA, TIME, TST_INFO, der, name_of, whole

END = b"the end of a chain"
SHA_256, SHA_512, INSIDE = "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.3", 0xA0


@dataclass
class Ends:
    """The part of an evidence that stamps are compared with."""

    stamps: list[dict[str, Any]]
    ends: dict[int, bytes] = field(default_factory=lambda: {3: END})


def stamp(
    status: int = 0, kind: str = SIGNED_DATA, form: str = TST_INFO, hashed_with: str = SHA_256, of: bytes = END,
    time: int = TIME, seq: Any = 3, behind: bytes = b"", cut: int = 0, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """One stamp in an evidence, right where nothing else is asked for."""
    imprint = der(SEQUENCE, der(SEQUENCE, name_of(hashed_with)), der(OCTETS, hashlib.sha256(of).digest()))
    info = der(SEQUENCE, whole(1), name_of("1.3.6.1.4.1.99999.1"), imprint, whole(7), der(time, b"20260102030405Z"))
    signed = der(SEQUENCE, whole(3), der(SET), der(SEQUENCE, name_of(form), der(INSIDE, der(OCTETS, info))))
    answer = der(SEQUENCE, der(SEQUENCE, whole(status)), der(SEQUENCE, name_of(kind), der(INSIDE, signed))) + behind
    return {"seq": seq, "stamp": base64.b64encode(answer[: len(answer) - cut]).decode()} | more


def faults(*stamps: dict[str, Any]) -> int:
    report = verify.Report("nl")
    verify.check_stamps(report, Ends(list(stamps)))
    return int(report.faults)


@pytest.mark.parametrize("status", [0, 1])
def test_a_stamp_of_this_end_that_was_granted_holds(status: int) -> None:
    assert faults(stamp(status=status)) == 0


@pytest.mark.parametrize("altered", [{"hashed_with": SHA_512}, {"of": b"another"}, {"seq": 4}, {"seq": 4, "of": b""}])
def test_a_stamp_of_another_end_is_told(altered: dict[str, Any]) -> None:
    assert faults(stamp(**altered)) == 1


def test_a_second_stamp_of_one_entry_is_told() -> None:
    assert faults(stamp(), stamp()) == 1


@pytest.mark.parametrize(("altered", "words"), [
    ({"status": 2}, "without a time stamp"), ({"kind": TST_INFO}, "without a time stamp"),
    ({"form": SIGNED_DATA}, "without a time stamp"), ({"behind": whole(1)}, "stands behind"),
    ({"cut": 1}, "too early"), ({"time": OCTETS}, "another form"), ({"seq": "3"}, "missing or too much"),
    ({"seq": True}, "missing or too much"), ({"more": 1}, "missing or too much"),
])  # fmt: skip
def test_a_stamp_in_another_form_is_refused_in_words(altered: dict[str, Any], words: str) -> None:
    with pytest.raises(Exception, match=words) as refusal:
        faults(stamp(**altered))
    assert type(refusal.value).__name__ == "Unreadable"
