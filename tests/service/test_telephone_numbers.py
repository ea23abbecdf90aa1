"""A telephone number that is typed has digits enough to be called: on a page, in the API and in the form of the AP."""

import pytest
from marshmallow import Schema, ValidationError

from service.schemas.agreement import ContactSchema, ReachableContactSchema
from service.schemas.answers import FormAnswers
from service.schemas.fields import Line, Phone
from workflows.law.ap_form.model import the_form

TYPED = ("14020", "020 123 45 67", "+31 (0)20-1234567", "06 12 34 56 78 (na 9 uur)", "balie: 0900 1234")
WRONG = ("abc", "010", "112", "tel. 12 34", "١٢٣٤٥٦٧٨", "-")


@pytest.mark.parametrize("typed", TYPED)
def test_it_is_accepted_as_people_type_it(typed: str) -> None:
    assert Phone().deserialize(typed) == typed
    assert FormAnswers().deserialize({"reporter_phone": typed}) == {"reporter_phone": typed}


@pytest.mark.parametrize("typed", WRONG)
def test_what_nobody_can_call_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ContactSchema().load({"name": "Anna", "phone": typed})
    assert {name: [str(key) for key in keys] for name, keys in refused.value.messages_dict.items()} == {
        "phone": ["field.phone"]
    }
    phones = [question.id for question in the_form().questions if question.type == "phone"]
    asked = {name: typed for name in phones} | {"contact_person": {"name": "Anna", "phone": typed}}
    with pytest.raises(ValidationError) as refused:
        FormAnswers().deserialize(asked)
    assert phones and set(refused.value.messages_dict) == set(asked)


def test_none_is_no_number_and_both_faults_of_a_contact_are_told_together() -> None:
    assert Phone().deserialize(" ") is None
    for typed in (None, "", {"state": "unknown"}):
        assert FormAnswers().deserialize({"reporter_phone": typed}) == {"reporter_phone": typed}
    with pytest.raises(ValidationError) as refused:
        ReachableContactSchema().load({"name": "", "email": "nieuw@@", "phone": "abc"})
    assert set(refused.value.messages_dict) == {"name", "email", "phone"}


def schemas(of: type[Schema] = Schema) -> set[type[Schema]]:
    """Every schema of the house."""
    return {schema for each in of.__subclasses__() for schema in {each} | schemas(each)}


def test_every_field_that_is_typed_is_of_that_kind() -> None:
    kinds = {
        type(field) for schema in schemas() for name, field in schema._declared_fields.items()
        if name.endswith("phone") and isinstance(field, Line)
    }  # fmt: skip
    assert kinds == {Phone}
