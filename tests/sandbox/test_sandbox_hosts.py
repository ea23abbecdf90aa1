"""Every mail lies in the sandbox: it answers under the names of this machine alone, whichever page is asked."""

from collections.abc import Iterator

import pytest
from flask import Flask

from service.sandbox.app import create_sandbox
from service.sandbox.settings import SandboxSettings
from tests.house.routes import path_of
from tests.service.hosts import FOREIGN_HOSTS, OUR_HOSTS


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A sandbox that posts no events."""
    folder = tmp_path_factory.mktemp("hosts")
    return create_sandbox(SandboxSettings(folder, "SG.for-tests", None, folder / "key.pem"))


def every_route(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and path, the style sheets included."""
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods or ()):
            yield method, path_of(rule)


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_no_route_of_the_sandbox_answers_to_another_name(app: Flask, host: str) -> None:
    client = app.test_client()
    routes = list(every_route(app))
    answers = {route: client.open(route[1], method=route[0], headers={"Host": host}).status_code for route in routes}
    assert len(answers) > 20 and set(answers.values()) == {421}, answers


@pytest.mark.parametrize("host", OUR_HOSTS)
def test_this_machine_is_known(app: Flask, host: str) -> None:
    assert app.test_client().get("/", headers={"Host": host}).status_code == 200
