"""Files that wait: how much of what a person typed beside one is kept."""

from uuid import UUID

from service.files.answers import LONGEST_TYPED, MOST_TYPED, keep_typed, typed_before
from tenants.files.uploaded import UploadedFile, keep_file
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import FENNA, an_organisation


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
