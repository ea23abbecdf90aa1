"""A notice as its reader would see it, as far as it has been written."""

from tenants.notices import Notice
from tenants.organisations import the_acting_organisation
from workflows.links import genuine_link
from workflows.mail.preview import preview_notice


def preview_of(notice: Notice) -> tuple[str, str, str]:
    """Subject, text and HTML of the acting organisation's notice."""
    common = {
        **notice.parts, "subject": notice.subject or "", "organisation": the_acting_organisation().name,
        "check_code": notice.check_code, "check_url": genuine_link(),
    }  # fmt: skip
    return preview_notice(common, notice.locale)
