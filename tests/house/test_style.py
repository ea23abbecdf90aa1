"""How we write, where a machine can see it: short files, short functions, no drawers, one place for each thing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.reading import CODE, ROOT, TEMPLATES, name_of, nodes, python_files, tree

LONGEST_FILE, LONGEST_FUNCTION, LONGEST_LINE = 300, 40, 120
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "base", "manager", "managers", "services"}
WRITTEN = (".py", ".html", ".css", ".js", ".sql")
BREACH = ROOT / "service/web/templates/breach.html"
ELEMENT = re.compile(
    r"<(?:section|div|nav|form|fieldset|legend|h[1-6]|p|ul|ol|li|dl|dt|dd|table|caption|thead|tbody|tr|t[hd]|details"
    r"|summary|option|blockquote)\b"
)
BLOCK_TAG = re.compile(r"\{%[-+]?\s*(\w+).*?%\}", re.S)
STATEMENT = re.compile(r"{%[-+]? *(?:if|for|block|macro|with|call)\b")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def too_long(line: str) -> bool:
    """Return whether a line has more than 120 bytes in UTF-8. A sign of another script counts as its bytes."""
    return len(line.encode()) > LONGEST_LINE


def files(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*")) if file.is_file()]


def test_each_migration_follows_the_one_before_it():
    """Two with one number would leave a database that nobody can bring to this version."""
    files = sorted((ROOT / "migrations" / "versions").glob("0*.py"))
    numbers = [file.name[:4] for file in files]
    assert numbers == [f"{number:04}" for number in range(1, len(files) + 1)]
    for before, number, file in zip(["None", *numbers], numbers, files, strict=False):
        stated = file.read_text("utf-8").replace("= None", '= "None"')  # nothing comes before the first
        assert f'\nrevision = "{number}"\ndown_revision = "{before}"\n' in stated, file.name


def test_no_file_is_too_long():
    written = [file for file in files(*CODE, "tests") if file.suffix in WRITTEN]
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in written}
    assert {str(file.relative_to(ROOT)): n for file, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_line_of_a_migration_is_too_long():
    written = files("migrations/sql")
    lines = [(file.name, n, line) for file in written for n, line in enumerate(file.read_text("utf-8").split("\n"), 1)]
    assert len(written) > 10 and [(name, n) for name, n, line in lines if too_long(line)] == []


def test_no_line_of_code_or_settings_is_too_long():
    """Texts for people are sentences with a line of their own, and so is a row of a table or of data for tests."""
    texts_for_people = {"translations", "texts", "ap_form"}
    settings = [
        file for file in [ROOT / "pyproject.toml", *files(*CODE)]
        if file.suffix in (".toml", ".yaml") and not texts_for_people & set(file.parts)
    ]  # fmt: skip
    lines = [
        (f"{file.relative_to(ROOT)}:{n}", line)
        for file in [*python_files(), *settings] for n, line in enumerate(file.read_text("utf-8").split("\n"), 1)
    ]  # fmt: skip
    assert len(settings) > 2 and [at for at, line in lines if too_long(line)] == []


def lines_of_pages(*kinds: str) -> Iterator[tuple[str, str]]:
    """Each line of the templates, style sheets and scripts, with its place."""
    for file in files("service"):
        if file.suffix in kinds:
            for n, line in enumerate(file.read_text("utf-8").splitlines(), 1):
                yield f"{file.relative_to(ROOT)}:{n}", line


def test_no_line_of_a_page_is_too_long():
    lines = list(lines_of_pages(".html", ".css", ".js"))
    assert len(lines) > 4000 and [at for at, line in lines if too_long(line)] == []


def test_a_line_of_a_page_begins_one_element_and_one_statement():
    """What stands in a line of text (a link, a span, a single condition) may stand in one with its neighbours."""
    lines = list(lines_of_pages(".html"))
    elements = [at for at, line in lines if len(ELEMENT.findall(line)) > 1]
    assert len(lines) > 3000 and (elements, [at for at, line in lines if len(STATEMENT.findall(line)) > 1]) == ([], [])


def test_the_page_of_a_breach_has_small_parts():
    parts = files("service/web/templates/breach")
    lengths = {file.name: len(file.read_text("utf-8").splitlines()) for file in [*parts, BREACH]}
    assert len(parts) > 8 and {name: n for name, n in lengths.items() if n >= 40} == {}


def test_no_function_is_too_long():
    lengths = {
        f"{file}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for file, node in nodes() if isinstance(node, FUNCTIONS)
    }  # fmt: skip
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}


def test_no_module_has_a_collective_name():
    names = [(path, path.stem) for folder in (*CODE, "tests") for path in (ROOT / folder).rglob("*.py")]
    names += [(path.parent, path.parent.name) for path, _ in names]
    assert sorted({str(path.relative_to(ROOT)) for path, name in names if name.lower() in DRAWERS}) == []


def test_each_class_is_named_after_what_it_is():
    """Service is the whole of it, and AgreedService a service that an office renders."""
    empty = re.compile(r".*Service|.*Manager|.*Helper|Base[A-Z].*|Abstract.*")
    names = {node.name for _, node in nodes() if isinstance(node, ast.ClassDef) and empty.fullmatch(node.name)}
    assert names == {"Service", "AgreedService"}


def test_only_the_configuration_reads_the_environment():
    def reads(node: ast.AST) -> bool:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            return node.attr in ("environ", "getenv", "environb", "putenv")
        return isinstance(node, ast.ImportFrom) and node.module == "os" and any(
            name.name in ("environ", "getenv") for name in node.names
        )  # fmt: skip

    assert {str(file) for file, node in nodes(*CODE) if reads(node)} == {"service/config.py"}


def test_no_clock_of_a_machine_decides_anything():
    """A worker whose clock is wrong changes nothing: moments are the database's; how long it took is its own."""
    of_the_machine = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime", "ctime"}
    clocks = {"datetime", "date", "time"}
    asked = {
        (str(file), f"{name_of(node.value)}.{node.attr}") for file, node in nodes("workflows", "tenants")
        if isinstance(node, ast.Attribute) and node.attr in of_the_machine and name_of(node.value) in clocks
    }  # fmt: skip
    taken = {
        (str(file), name.name) for file, node in nodes("workflows", "tenants")
        if isinstance(node, ast.ImportFrom) and node.module == "time" for name in node.names
    }  # fmt: skip
    assert asked | taken == set()


def test_the_seventy_two_hours_stand_in_one_place():
    wanted = re.compile("hours *= *" + "72")
    files = [file for file in python_files() for _ in wanted.finditer(file.read_text("utf-8"))]
    assert [str(file.relative_to(ROOT)) for file in files] == ["workflows/law/gdpr.py"]


def test_every_module_says_what_it_is():
    silent = [str(file.relative_to(ROOT)) for file in python_files(*CODE) if not ast.get_docstring(tree(file))]
    assert silent == []


def test_every_public_function_says_what_it_does():
    silent = {
        f"{file}:{node.name}"
        for file in python_files("tenants", "workflows") for node in tree(file).body
        if isinstance(node, (*FUNCTIONS, ast.ClassDef))
        and not node.name.startswith("_") and not ast.get_docstring(node)
    }  # fmt: skip
    assert silent == set()


def test_nothing_is_skipped_patched_or_frozen():
    banned = {"skip", "skipif", "xfail", "importorskip", "monkeypatch", "patch", "Mock", "MagicMock", "freeze_time"}
    calls = set()
    for file, node in nodes("tests"):
        name = node.attr if isinstance(node, ast.Attribute) else node.arg if isinstance(node, ast.arg) else None
        calls |= {f"{file}:{name}"} if name in banned else set()
    assert calls == set()


def test_no_file_names_a_path_outside_the_repository():
    """What runs depends on nothing beside the repository."""
    strange = re.compile(r"""["'](/(?:work|root|home)/|\.\./shared)""")
    read = [file for file in files(*CODE) if file.suffix in (*WRITTEN, ".toml")]
    assert [file for file in read if strange.search(file.read_text("utf-8"))] == []


def test_no_file_holds_a_note_of_work_to_be_done():
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    assert [file for file in python_files() if later.search(file.read_text("utf-8"))] == []


def test_a_tag_that_begins_or_ends_a_block_of_a_template_stands_on_one_line():
    """djhtml reads line by line: it sees no block in a tag on two lines, and takes what follows for well indented."""
    broken = [
        (file.name, tag[1]) for file in TEMPLATES for tag in BLOCK_TAG.finditer(file.read_text("utf-8"))
        if "\n" in tag[0] and tag[1] != "set"
    ]  # fmt: skip
    assert broken == []
