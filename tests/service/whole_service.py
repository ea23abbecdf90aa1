"""The whole service with settings of its own, and its connections closed afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from jinja2 import BytecodeCache

from service import create_app
from service.config import Config
from tenants.database import db
from workflows.engine.hints import NoHints, use_hints


@contextmanager
def whole_service(config: Config, compiled: BytecodeCache) -> Iterator[Flask]:
    """As it is while nothing goes wrong unseen: what fails in a request fails the test.

    `compiled` has the templates that another app of this run compiled.
    """
    service = create_app(config)
    service.jinja_env.bytecode_cache = compiled
    service.config["TESTING"] = True
    yield service
    use_hints(NoHints())
    with service.app_context():
        db.engine.dispose()
