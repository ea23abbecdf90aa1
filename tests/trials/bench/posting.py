"""Two other ways to post to the same sandbox: a call per person, and requests built before over one connection."""

import http.client
import time
from urllib.parse import urlsplit

import orjson

from service.config import Config
from service.story.client import TrialFailed
from tests.trials.bench.people import TEXT, addressee
from workflows.mail.batches import MOST
from workflows.mail.sender import Accepted, Mail, Person
from workflows.mail.sendgrid import SendGridSender

BODY = "\n\n".join(TEXT.values()) * 3  # about as long as the text of a notice
FIRST = 1_000_000


def one_by_one(config: Config, nth: int, people: int) -> float:
    """Post a call per person with SendGrid's package; return the seconds. Raises TrialFailed when one is not accepted.
    """
    sender = SendGridSender(config.sendgrid_api_key, config.sendgrid_host, config.mail_from, config.mail_from_name)
    mails = [
        Mail("notice", TEXT["subject"], BODY, f"<p>{BODY}</p>", (_person(nth, number),)) for number in range(people)
    ]
    begun = time.perf_counter()
    answers = [sender.send(mail) for mail in mails]
    seconds = time.perf_counter() - begun
    if not all(isinstance(answer, Accepted) for answer in answers):
        raise TrialFailed(f"notices: singly {answers[0]}")
    return seconds


def prebuilt(config: Config, nth: int, people: int) -> float:
    """Post requests that were built before over one open connection; return the seconds of the posting alone.

    Raises TrialFailed when one is not accepted.
    """
    sender = SendGridSender(config.sendgrid_api_key, config.sendgrid_host, config.mail_from, config.mail_from_name)
    bodies = [
        orjson.dumps(sender.request(_mail(nth, first, min(first + MOST, people)))) for first in range(0, people, MOST)
    ]
    connection = http.client.HTTPConnection(urlsplit(config.sendgrid_host).netloc, timeout=60)
    headers = {"Authorization": f"Bearer {config.sendgrid_api_key}", "Content-Type": "application/json"}
    begun = time.perf_counter()
    for body in bodies:
        connection.request("POST", "/v3/mail/send", body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 202:
            raise TrialFailed(f"notices: prebuilt {answer.status}")
    seconds = time.perf_counter() - begun
    connection.close()
    return seconds


def _mail(nth: int, first: int, last: int) -> Mail:
    people = tuple(_person(nth, number) for number in range(first, last))
    return Mail("notice", TEXT["subject"], BODY, f"<p>{BODY}</p>", people)


def _person(nth: int, number: int) -> Person:
    reader, custom = addressee(FIRST + number), {"n": f"bench-{nth}", "m": f"{number:036d}", "b": f"{nth:036d}"}
    return Person(reader.address, reader.name, {"-x.t.name-": reader.name, "-x.h.name-": reader.name}, custom)
