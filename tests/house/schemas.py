"""The schemas of what people and programs fill in."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import service.schemas
from service.schemas.resource import Resource


def schemas_to_fill_in() -> Iterator[type[Resource]]:
    """Every schema of what somebody can fill in."""
    for module in iter_modules(service.schemas.__path__):
        import_module(f"service.schemas.{module.name}")
    waiting = [Resource]
    while waiting:
        schema = waiting.pop()
        waiting += schema.__subclasses__()
        yield schema
