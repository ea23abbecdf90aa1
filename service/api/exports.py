"""Files to take away: the register, the evidence of a breach, and the people whom a notice's mail did not reach.

The history records who takes a file.
"""

from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from service.admission.access import may
from service.api.routes import OF_ORGANISATION, Resource
from service.downloads import exports
from service.evidence.evidence_file import evidence_zip

blueprint: Blueprint = Resource("exports", __name__, url_prefix=OF_ORGANISATION)
CSV = {"type": "string"}
ZIP = {"type": "string", "contentMediaType": "application/zip"}


@blueprint.route("/breaches.csv")
@blueprint.response(200, CSV, content_type="text/csv")
@may("export")
def export_register() -> Response:
    """Return the whole register (Art. 33(5)) as a file, newest first, in the language that the request accepts."""
    return exports.register_csv()


@blueprint.route("/breaches/<uuid:breach_id>/evidence.zip")
@blueprint.response(200, ZIP, content_type="application/zip")
@may("export")
def export_evidence(breach_id: UUID) -> Response:
    """Return the evidence of one breach: what is stored, its history, who countersigned, and how to check it."""
    return evidence_zip(breach_id)


@blueprint.route("/notices/<uuid:notice_id>/unreached.csv")
@blueprint.response(200, CSV, content_type="text/csv")
@may("read_people")
def export_unreached(notice_id: UUID) -> Response:
    """Return name and address of the people whom the mail did not reach, for letters and calls."""
    return exports.unreached_csv(notice_id)
