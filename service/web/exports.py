"""Files to take away: the register, the evidence of a breach, and whom a notice's mail did not reach.

The history records who takes a file.
"""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service.admission.access import may
from service.downloads import exports
from service.evidence.evidence_file import evidence_zip

blueprint = Blueprint("exports", __name__, url_prefix="/o/<organisation>")


@blueprint.get("/register.csv")
@may("export")
def register() -> ResponseReturnValue:
    """Return the whole register as a file (Art. 33(5))."""
    return exports.register_csv()


@blueprint.get("/breaches/<uuid:breach_id>/evidence.zip")
@may("export")
def evidence(breach_id: UUID) -> ResponseReturnValue:
    """Return the evidence of one breach as a file."""
    return evidence_zip(breach_id)


@blueprint.get("/notices/<uuid:notice_id>/unreached.csv")
@may("read_people")
def unreached(notice_id: UUID) -> ResponseReturnValue:
    """Return the file of people to contact by letter or telephone."""
    return exports.unreached_csv(notice_id)
