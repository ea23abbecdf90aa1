"""Every moment that somebody sends in is compared with others, or stands here with the reason why it is alone."""

import importlib
import pkgutil

import pytest
from marshmallow import Schema

import service.schemas
from service.schemas.compared import Compared
from service.schemas.moment import Moment
from tests.house.reading import ROOT, texts
from workflows.law.order_of_moments import NOW, ORDERS, PASSED, REACHES, names

ALONE = {
    ("AdviceSchema", "aware_at"): "a question about the law; nothing is kept",
    ("ClientHitSchema", "informed_at"): "compared in IncidentSchema, which knows when the office became aware",
}


def schemas() -> set[type[Schema]]:
    """Every schema of ours."""
    for module in pkgutil.iter_modules(service.schemas.__path__):
        importlib.import_module(f"service.schemas.{module.name}")
    schemas, new = set[type[Schema]](), {Schema}
    while new:
        schemas, new = schemas | new, {kind for parent in new for kind in parent.__subclasses__()} - schemas
    return {kind for kind in schemas if kind.__module__.startswith("service.")}


def moments() -> list[tuple[type[Schema], str]]:
    """Every field of every schema into which somebody writes a moment."""
    kinds = sorted(schemas(), key=lambda kind: kind.__name__)
    fields = [(kind, name, field) for kind in kinds for name, field in kind._declared_fields.items()]
    return [(kind, name) for kind, name, field in fields if isinstance(field, Moment)]


def test_what_has_happened_is_never_ahead_of_now():
    """In one table, so that a workflow refuses what the schema refuses."""
    happened = {name for kind, name in moments() if not kind._declared_fields[name].may_be_ahead}
    earlier = {order.earlier for order in ORDERS if (order.later, order.key) == (NOW, "moment.in_future")}
    assert happened == earlier == set(PASSED)


def test_moments_are_written_in_many_places():
    assert len(moments()) > 10
    assert {(kind.__name__, name) for kind, name in moments()} >= set(ALONE)


@pytest.mark.parametrize(("kind", "name"), moments(), ids=lambda value: getattr(value, "__name__", value))
def test_a_moment_is_compared(kind: type[Schema], name: str):
    alone = (kind.__name__, name) in ALONE
    assert alone or (issubclass(kind, Compared) and name in names())


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_rule_tells_a_moment_in_words(language: str):
    known = texts(ROOT / "service" / "translations" / language)
    for rule in (*ORDERS, *REACHES):
        words = known[f"errors.{rule.key}"]
        assert "{earlier}" in words or "{later}" in words
    both = [known[f"errors.{order.key}"] for order in ORDERS]
    assert all("{earlier}" in words and "{later}" in words for words in both)
