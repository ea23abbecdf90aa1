"""A package begins before its modules: none of those that its `__init__` loads imports the package again."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.reading import CODE, ROOT, python_files, tree


def imported(file: Path) -> Iterator[tuple[str, str]]:
    """Each module that this file imports when it is loaded, with the name that it takes from it."""
    for node in tree(file).body:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, name.name) for name in node.names)
        elif isinstance(node, ast.Import):
            yield from ((name.name, "") for name in node.names)


def module_at(name: str) -> Path | None:
    """The file of a module of the product; None for a package and for other names."""
    file = ROOT / f"{name.replace('.', '/')}.py"
    return file if file.exists() else None


def loaded_by(package: Path) -> set[Path]:
    """Each module of this package that its `__init__` loads, also by way of others of them."""
    loaded: set[Path] = set()
    waiting = [package / "__init__.py"]
    while waiting:
        for module, name in imported(waiting.pop()):
            file = module_at(f"{module}.{name}") or module_at(module)
            if file and file.is_relative_to(package) and file not in loaded:
                loaded.add(file)
                waiting.append(file)
    return loaded


def test_no_module_imports_the_package_that_loads_it():
    packages = [file.parent for file in python_files(*CODE) if file.name == "__init__.py"]
    loading = {package: loaded for package in packages if (loaded := loaded_by(package))}
    circles = {
        f"{file.relative_to(ROOT)} imports {module}"
        for package, loaded in loading.items() for file in loaded for module, _ in imported(file)
        if ROOT / module.replace(".", "/") == package
    }  # fmt: skip
    assert ROOT / "service/web" in loading and len(loading[ROOT / "service/web"]) > 40 and circles == set()
