"""What somebody sends in place of an object is refused by every schema, and is no fault of the service."""

import pytest
from marshmallow import ValidationError

from tests.house.schemas import schemas_to_fill_in

NO_OBJECTS = (None, "text", 1, [], [None], True)


def test_every_schema_refuses_what_is_no_object() -> None:
    loaded = 0
    for schema in schemas_to_fill_in():
        for body in NO_OBJECTS:
            with pytest.raises(ValidationError):
                schema().load(body)  # type: ignore[arg-type]
            loaded += 1
    assert loaded > 100
