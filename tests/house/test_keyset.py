"""A statement that reads a part of a list finds the part by an index, behind row-level security too.

There PostgreSQL asks its index for a value that the statement names, and for no other: it reads the whole list for each
part where the value is `coalesce(...)`, or where the condition is left out for the first part by `is null or`. What a
`(select ...)` of its own makes of a value counts as a value.
"""

import ast
import re

from tests.house.reading import nodes

LIMITED = re.compile(r"\blimit\s+[:{]")
READS_ALL = re.compile(r"[<>]=?\s*coalesce\(|:\w+(?: as \w+\))? is null or\b")
NO_TABLE = {"tenants/search/finding.py": "What it compares was found before, in the same statement."}


def test_each_part_of_a_list_is_found_by_an_index() -> None:
    limited = {
        (str(file), node.lineno): text for file, node in nodes("tenants", "workflows", "service")
        if isinstance(node, ast.Constant | ast.JoinedStr) and LIMITED.search(text := ast.unparse(node))
    }  # fmt: skip
    assert len(limited) > 20
    assert {file for (file, _), text in limited.items() if READS_ALL.search(text)} == NO_TABLE.keys()
