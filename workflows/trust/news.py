"""Another organisation's act is mailed to this one's people: about a colleague's second factor, or a verified client.

The door leave_news (migrations/schema/functions/) begins it, by this name, version and step.
"""

from collections.abc import Iterable
from uuid import UUID

from tenants.database import db
from tenants.identity.users import User
from tenants.organisations.news import News, news_by_id
from tenants.organisations.proofs import proofs_among
from workflows.accounts.account_changes import tell_owners
from workflows.engine.steps import Job, Workflow
from workflows.mail.reminding import tell_of_renamed_client, tell_people

ABOUT_A_PERSON = "user."


def tell(news: list[News]) -> Iterable[UUID]:
    """Mail the owners about a person, and everybody who can act about an organisation."""
    for message in news:
        if message.what.startswith(ABOUT_A_PERSON):
            tell_owners(db.session.get_one(User, message.about_id), message.what)
        elif message.before is not None:
            tell_of_renamed_client(message.id, message.before, message.name or "")
        else:
            _tell_of_organisation(message)
    return [message.id for message in news]


def _tell_of_organisation(message: News) -> None:
    client = proofs_among([message.about_id]).get(message.about_id)
    tell_people(message.what, message.id, message.name or "", message.how, client.proof if client else None)


NEWS = Workflow(
    name="news",
    law="Art. 32",
    subject_kind="organisation",
    load=news_by_id,
    steps=(Job(name="tell", law="Art. 32", does=tell),),
)
