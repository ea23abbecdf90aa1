"""No text of unknown length is made a number: whole_of reads them all, and int() stands where a length was judged."""

import ast

from tests.house.reading import ROOT, name_of, nodes

OUTSIDE = (
    "service/story", "service/sandbox", "service/embedded", "service/commands", "service/evidence/verify",
)  # fmt: skip
"""What only somebody at the machine starts; verify.py runs at its reader's, and judges lengths itself."""
NO_TEXT = {
    "bool(points_at_people)", "bool(groups & TENDER_GROUPS)", "failed", "hints is not None", "value", "quarters",
    "RECEIPT_TARGET / HOUR", "SESSION.total_seconds()", "A_CLOCK_OFF.total_seconds()", "now.timestamp()",
    "abs(left) / timedelta(minutes=1)", "sign_head(outside=_installation['file'] is not None)",
}  # fmt: skip
"""Numbers, yes and no, and durations."""
FROM_THE_DATABASE = ("db.session.", "result.rowcount", "counted.rowcount", "hint_queue(connection)")
LENGTH_JUDGED = {
    "service/words/whole_numbers.py": "digits",
    "service/http/arriving.py": "length[1]",
    "service/config.py": "self.trusted_proxies",
    "workflows/accounts/tokens.py": "str(days)",
}
DIGITS = {"isdecimal", "isdigit", "isnumeric"}
MAY_ASK_FOR_DIGITS = {"service/words/whole_numbers.py", "service/health/readiness.py", "tenants/identity/totp.py",
                      "service/api/docs.py", "service/web/layout.py", "service/typed/document.py"}  # fmt: skip
"""Where a text is only looked at: a migration's number, six signs, a status or an article of our own, a row's place."""


def test_no_text_of_unknown_length_is_made_a_number():
    numbers = {
        (str(file), ast.unparse(node.args[0])) for file, node in nodes("service", "workflows", "tenants")
        if isinstance(node, ast.Call) and name_of(node.func) == "int" and node.args
        and not str(file).startswith(OUTSIDE)
    }  # fmt: skip
    strange = {
        (file, read) for file, read in numbers
        if read not in NO_TEXT and not read.startswith(FROM_THE_DATABASE) and LENGTH_JUDGED.get(file) != read
    }  # fmt: skip
    assert strange == set()
    assert {file for file, _ in numbers} >= set(LENGTH_JUDGED)


def test_digits_are_looked_for_in_one_place():
    asked = {
        str(file) for file, node in nodes("service", "workflows", "tenants")
        if isinstance(node, ast.Attribute) and node.attr in DIGITS and not str(file).startswith(OUTSIDE)
    }  # fmt: skip
    assert asked <= MAY_ASK_FOR_DIGITS
    assert all((ROOT / file).exists() for file in MAY_ASK_FOR_DIGITS)
