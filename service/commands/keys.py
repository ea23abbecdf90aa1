"""``meldketen keys rotate``: wraps every key under the current MASTER_KEY.

With --organisation, that one organisation gets a new key. With --signing, it gets a new key to sign the end of its
history with; earlier signatures stay valid. While PREVIOUS_MASTER_KEYS has the earlier master keys, everything opens;
after `rotate` they are not needed. The command may be interrupted and started again. ``meldketen keys destroy
--organisation SLUG --yes``: nobody can read its recipients afterwards.
"""

from argparse import ArgumentParser, Namespace
from uuid import UUID

from cryptography.exceptions import InvalidTag

from service.running.app_without_routes import app_without_routes
from service.running.installation import add_data, config_of
from service.running.operator import why
from service.words.law_texts import LANGUAGES, law_texts
from service.words.one_line import refuse, told_apart
from tenants.database import db
from tenants.errors import Refused
from tenants.history.entries import SYSTEM
from tenants.history.signing_keys import renew_signing_key, signing_key
from tenants.history.witness import organisations_to_verify
from tenants.isolation import acting_for
from tenants.keys.master_keys import Rewrapped, rewrap
from tenants.keys.renewing import StillBusy, destroy_key, renew_key

PROGRAM = "meldketen keys"
VERBS = {"rotate": "renew a key", "destroy": "destroy one for good"}


def add_arguments(parser: ArgumentParser) -> None:
    """Add which keys to work on, and in which form to answer."""
    parser.add_argument("verb", choices=VERBS, help=told_apart(VERBS))
    parser.add_argument("--organisation", metavar="SLUG", help="the key of this one (default: the master key)")
    parser.add_argument("--signing", action="store_true", help="rotate: the key that this organisation signs with")
    parser.add_argument("--yes", action="store_true", help="destroy: yes, for good")
    parser.add_argument("--lang", choices=LANGUAGES, default="nl", help="of what it says (default: nl)")
    add_data(parser)


def run(arguments: Namespace) -> int:
    """Work in the database that the environment names."""
    words = law_texts("keys", arguments.lang)
    if arguments.verb == "destroy" and not (arguments.organisation and arguments.yes):
        return refuse(PROGRAM, words["say_yes"])
    if arguments.signing and (arguments.verb != "rotate" or not arguments.organisation):
        return refuse(PROGRAM, words["signing_whose"])
    with app_without_routes(config_of(arguments.data)).app_context():
        try:
            return _done(arguments, words)
        except StillBusy:
            return refuse(PROGRAM, words["busy"])
        except InvalidTag:
            return refuse(PROGRAM, words["altered"])
        except Refused as refused:
            return refuse(PROGRAM, why(refused, arguments.lang))
        finally:
            db.engine.dispose()


def _done(arguments: Namespace, words: dict[str, str]) -> int:
    if arguments.organisation is None:
        return _rotate_master(words)
    organisations = organisations_to_verify(arguments.organisation)
    if not organisations:
        return refuse(PROGRAM, words["unknown"].format(organisation=arguments.organisation))
    [(organisation, slug)] = organisations
    if arguments.signing:
        return _rotate_signing(organisation, slug, words)
    return (_rotate_one if arguments.verb == "rotate" else _destroy)(organisation, slug, words)


def _rotate_master(words: dict[str, str]) -> int:
    done = Rewrapped(0, 0)
    for done in rewrap():
        print(words["so_far"].format(organisations=done.organisations, users=done.users), flush=True)
    print(words["rewrapped"].format(organisations=done.organisations, users=done.users))
    return 0


def _rotate_one(organisation: UUID, slug: str, words: dict[str, str]) -> int:
    done = renew_key(organisation, SYSTEM)
    counts = {"recipients": done.recipients, "personal": done.personal, "secrets": done.secrets}
    print(words["renewed"].format(organisation=slug, **counts))
    return 0


def _rotate_signing(organisation: UUID, slug: str, words: dict[str, str]) -> int:
    with acting_for(organisation):
        renew_signing_key(SYSTEM)
    with acting_for(organisation):
        key = signing_key().id.hex()
    print(words["signing_renewed"].format(organisation=slug, key=key))
    return 0


def _destroy(organisation: UUID, slug: str, words: dict[str, str]) -> int:
    with acting_for(organisation):
        recipients = destroy_key(SYSTEM)
    print(words["destroyed"].format(organisation=slug, recipients=recipients))
    return 0
