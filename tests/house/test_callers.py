"""Every function and class of the product has a caller in the product; and what a request carries is one object."""

import ast
import re

from tests.house.reading import CODE, ROOT, nodes, python_files, tree, walked

WITHOUT_A_CALLER = {
    "any_free": "a free port, for what a test or a trial starts",
    "temporary_servers": "servers that are gone afterwards, for the tests and the trials",
    "Outbox": "the twin of the sender in memory",
    "MailEvent": "a table as it is now, compared with the database",
    "use_hashing": "tests hash at little cost; tests/tenants/test_passwords.py says that nobody else does",
    "JsonLog": "named in a setting of gunicorn",
}
"""And why it is in the product all the same."""
KEYS = {"admission", "locale"}
"""What may stand on Flask's `g`: the admission, and the reader's language, which words need without it."""
ON_G = re.compile(r"""\bg(?:\.|\[['"]|\.get\(['"])(\w+)""")
"""What a template reads of `g`."""


def named_in_the_product() -> set[str]:
    """Every name that is read, imported, or written as a string: a table of commands holds names."""
    names: set[str] = set()
    for _, node in nodes(*CODE):
        if isinstance(node, ast.Name | ast.Attribute):
            names.add(node.id if isinstance(node, ast.Name) else node.attr)
        elif isinstance(node, ast.ImportFrom):
            names |= {name.name for name in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
    return names


def defined_in_the_product() -> set[str]:
    """Every function and class at the top of a module that no decorator of a library takes over."""
    taken = (ast.Attribute, ast.Call)
    return {
        node.name for file in python_files(*CODE) for node in tree(file).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not any(isinstance(mark, taken) for mark in node.decorator_list if "dataclass" not in ast.dump(mark))
    }  # fmt: skip


def test_every_function_has_a_caller_in_the_product():
    templates = " ".join(file.read_text("utf-8") for file in (ROOT / "service").rglob("*.html"))
    others = {name for name in defined_in_the_product() - named_in_the_product() if name not in templates}
    migrations = {"upgrade", "downgrade"}
    assert others - migrations == set(WITHOUT_A_CALLER)


def test_a_request_carries_its_admission_and_its_language():
    on_g = {
        node.attr for file in python_files("service") for node in walked(file)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "g"
    } - {"get", "pop", "setdefault"}  # fmt: skip
    in_templates = {
        key for file in (ROOT / "service").rglob("*.html") for key in ON_G.findall(file.read_text("utf-8"))
    }  # fmt: skip
    assert on_g == KEYS and in_templates <= KEYS
