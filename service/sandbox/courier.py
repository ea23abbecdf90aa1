"""Posts the events to the webhook: in arrays, signed, until the receiver answers 2xx or a day has passed."""

import http.client
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from threading import Lock, Thread

import orjson

from service.sandbox import events
from service.sandbox.faults import Faults
from service.sandbox.journal import Journal
from service.sandbox.keys import ensure_private_key, sign
from service.sandbox.mailbox import Mailbox, Message
from service.sandbox.parcels import Parcel, Parcels
from service.sandbox.settings import SandboxSettings
from workflows.outside.exchanges import Deadline, Question, ask

logger = logging.getLogger(__name__)

MOST_EVENTS = 1000
MOST_BYTES = 1024 * 1024
FIRST_RETRY, LONGEST_RETRY = 0.5, 60.0
GIVE_UP_AFTER = 24 * 3600
SECOND_COPY_AFTER = 0.2


class Courier:
    """One thread that posts. What was delivered is written down, so a restart continues where it stopped."""

    def __init__(self, settings: SandboxSettings, mailbox: Mailbox, faults: Faults) -> None:
        self._url, self._mailbox, self._faults = settings.webhook_url, mailbox, faults
        self._key = ensure_private_key(settings.private_key_path)
        self._answer_within_s = settings.answer_within_s
        self._parcels = Parcels()
        self._counting = Lock()
        self._settled = bytearray()
        self._counts = {"made": 0, "posted": 0, "lost": 0}
        self._copies = 0
        self._log = Journal(settings.folder / "events.jsonl")
        self._recall()

    def start(self) -> None:
        """Begin to post. Without a webhook address the events stay pending."""
        if self._url:
            Thread(target=self._work, name="events", daemon=True).start()

    def bring(self, messages: Iterable[Message]) -> None:
        """Queue the events of these messages, each for its own moment."""
        due: defaultdict[float, list[int]] = defaultdict(list)
        for message in messages:
            for event in events.numbers_of(message):
                if not self._is_settled(event):
                    due[events.happens_at(message, event)].append(event)
        with self._counting:
            self._counts["made"] += sum(map(len, due.values()))
        for moment, numbers in due.items():
            self._parcels.put(numbers, moment + self._faults.webhook.delay)

    def counts(self) -> dict[str, int]:
        """Return the counts: made = posted + lost + pending. A second copy on its way also counts as pending."""
        with self._counting:
            open_events = self._counts["made"] - self._counts["posted"] - self._counts["lost"]
            return {**self._counts, "pending": open_events + self._copies}

    def _recall(self) -> None:
        for _, line in self._log.lines():
            for result, numbers in orjson.loads(line).items():
                self._mark(numbers, result)
        self._counts["made"] = self._counts["posted"] + self._counts["lost"]
        self._copies = 0
        self.bring(self._mailbox.messages)

    def _work(self) -> None:
        while True:
            parcel = self._parcels.take()
            try:
                self._handle(parcel)
            except Exception:
                logger.exception("Events could not be posted; they are tried again.")
                self._again(parcel.events, parcel.attempt)

    def _handle(self, parcel: Parcel) -> None:
        numbers = self._with_faults(parcel.events) if not parcel.attempt else parcel.events
        for start in range(0, len(numbers), MOST_EVENTS):
            part = numbers[start : start + MOST_EVENTS]
            if self._post(part):
                self._settle(part, "posted")
            else:
                self._again(part, parcel.attempt)

    def _with_faults(self, numbers: list[int]) -> list[int]:
        wanted, luck = self._faults.webhook, self._faults.webhook_luck
        lost = {event for event in numbers if luck.random() < wanted.lose}
        kept = [event for event in numbers if event not in lost]
        self._settle(lost, "lost")
        copies = [event for event in kept if luck.random() < wanted.duplicate]
        if copies:
            with self._counting:
                self._copies += len(copies)
            self._parcels.put(copies, time.time() + SECOND_COPY_AFTER, attempt=1)
        if wanted.shuffle:
            luck.shuffle(kept)
        return kept

    def _post(self, numbers: Sequence[int]) -> bool:
        body = events.as_body(self._mailbox, numbers)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "SendGrid Event API",
            "X-Twilio-Email-Event-Webhook-Signature": sign(self._key, timestamp, body),
            "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        }
        question = Question("POST", str(self._url), body, headers)
        try:  # A redirect is not a 2xx. Following it would lose the events at a login page.
            return 200 <= ask(question, Deadline(time.monotonic() + self._answer_within_s, MOST_BYTES)).status < 300
        except (OSError, http.client.HTTPException) as problem:
            logger.info("The webhook did not take %d events: %s", len(numbers), problem)
            return False

    def _again(self, numbers: Sequence[int], attempt: int) -> None:
        old = time.time() - GIVE_UP_AFTER
        lost = [event for event in numbers if self._moment(event) < old]
        self._settle(lost, "lost")
        kept = [event for event in numbers if self._moment(event) >= old]
        if kept:
            wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(attempt, 10))
            self._parcels.put(kept, time.time() + wait, attempt + 1)

    def _moment(self, event: int) -> float:
        return events.happens_at(self._mailbox.messages[event // events.STEPS - 1], event)

    def _settle(self, numbers: Iterable[int], result: str) -> None:
        numbers = list(numbers)
        if numbers:
            # The line is not synced. When a power cut loses it the event is posted again, as SendGrid may do too.
            self._log.append(orjson.dumps({result: numbers}))
            self._mark(numbers, result)

    def _mark(self, numbers: Iterable[int], result: str) -> None:
        with self._counting:
            for event in numbers:
                if self._is_settled(event):
                    self._copies -= 1
                    continue
                message, step = divmod(event, events.STEPS)
                self._settled.extend(bytes(max(0, message + 1 - len(self._settled))))
                self._settled[message] |= 1 << step
                self._counts[result] += 1

    def _is_settled(self, event: int) -> bool:
        message, step = divmod(event, events.STEPS)
        return message < len(self._settled) and bool(self._settled[message] >> step & 1)
