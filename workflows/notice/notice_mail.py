"""A notice as a message: what fills its text, and how its reader would see it."""

from tenants.organisations.organisations import the_acting_organisation
from tenants.register.notices import Notice
from workflows.mail.links import genuine_link
from workflows.mail.preview import preview_notice


def filling_of(notice: Notice) -> dict[str, str]:
    """Return the values of a notice's text that are the same for every reader."""
    return {
        **notice.parts, "subject": notice.subject or "", "organisation": the_acting_organisation().name,
        "check_code": notice.check_code, "check_url": genuine_link(),
    }  # fmt: skip


def preview_of(notice: Notice) -> tuple[str, str, str]:
    """Subject, text and HTML as the reader would see them, as far as they have been written."""
    return preview_notice(filling_of(notice), notice.locale, domains=the_acting_organisation().web_domains)
