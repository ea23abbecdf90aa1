"""The zone of the register is one constant in Python; the database says the same."""

import ast
import re

from tests.house.reading import ROOT, nodes
from workflows.law.periods import AMSTERDAM

IN_SQL = re.compile(r"at time zone '([^']*)'")


def test_python_names_the_zone_once():
    product = nodes("service", "workflows", "tenants")
    named = [str(file) for file, node in product if isinstance(node, ast.Constant) and node.value == AMSTERDAM.key]
    assert named == ["workflows/law/periods.py"]


def test_the_database_reads_days_and_years_in_the_same_zone():
    files = [*(ROOT / "migrations").rglob("*.sql"), ROOT / "tenants" / "register" / "references.py"]
    zones = {file.name: set(IN_SQL.findall(file.read_text("utf-8"))) - {"UTC"} for file in files}
    assert zones["references.py"] == {AMSTERDAM.key}
    assert {zone for names in zones.values() for zone in names} == {AMSTERDAM.key}
