"""Files that wait: how many of one person, and how much of what they typed beside one."""

from uuid import UUID

import pytest

from service.files.answers import LONGEST_TYPED, MOST_TYPED, keep_typed, typed_before
from tenants.errors import NotFound
from tenants.files.uploaded import MOST_WAITING, TAKEN, UploadedFile, keep_file, uploaded_file
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import FENNA, an_organisation

OTHER = UUID(int=8)


def test_the_oldest_file_that_waits_ends_when_one_person_has_too_many(database: Database) -> None:
    with acting_for(an_organisation()):
        taken, theirs = kept(), kept(OTHER)
        taken.end(TAKEN, {})
        first, second, *_ = [kept() for _ in range(MOST_WAITING)]
        assert uploaded_file(first.id) is first
        ended = first.id
        kept()
        with pytest.raises(NotFound):
            uploaded_file(ended)
        assert [uploaded_file(file.id) for file in (second, taken, theirs)] == [second, taken, theirs]


def kept(by: UUID | None = FENNA.id) -> UploadedFile:
    """A file that this person brought in."""
    assert by
    return keep_file("clients", None, by, bytes(32), {"name": "lijst.csv"})


def test_of_what_was_typed_beside_a_file_no_more_is_kept_than_its_page_has(database: Database) -> None:
    with acting_for(an_organisation()):
        file = kept()
        keep_typed(file.id, [("csrf_token", "x"), ("how", "add"), *[(f"answers.{n}", "y" * 2_000) for n in range(100)]])
        typed = typed_before(file)
    assert len(typed) == MOST_TYPED and typed[0] == ("how", "add")
    assert {len(value) for _, value in typed[1:]} == {LONGEST_TYPED}
