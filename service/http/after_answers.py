"""Work that is done after the answer was sent, because the time that it takes would reveal something.

One thread does the work, one call after the other, and the queue has a limit. The queue lives in this process alone: a
process that is killed loses it, so only work that a person can ask for again belongs here. A process that is stopped
by a signal finishes the queue first.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from flask import Flask, Response, after_this_request, current_app

from tenants.errors import Busy

MOST_WAITING = 200
RETRY_AFTER_S = 5
NAME = "after_answers"
logger = logging.getLogger(__name__)


class AfterAnswers:
    """The queue and its one thread, which starts with the first call."""

    def __init__(self, app: Flask, most: int = MOST_WAITING) -> None:
        self._app, self._most, self._waiting = app, most, 0
        self._counting = Lock()
        self._thread = ThreadPoolExecutor(1, NAME)

    @property
    def is_full(self) -> bool:
        """Return whether the queue has reached its limit."""
        return self._waiting >= self._most

    def add(self, work: Callable[[], None]) -> None:
        """Add this call to the queue. It runs soon, in transactions of its own."""
        self._count(1)
        self._thread.submit(self._do, work)

    def _do(self, work: Callable[[], None]) -> None:
        try:
            with self._app.app_context():
                work()
        except Exception:
            logger.exception("What was left for after an answer failed.")
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._counting:
            self._waiting += more


def register(app: Flask) -> None:
    """Give each process a queue of its own."""
    app.extensions[NAME] = AfterAnswers(app)


def after_this_answer(work: Callable[[], None]) -> None:
    """Call `work` after the answer to this request was sent. Raises Busy when the queue is full."""
    there: AfterAnswers = current_app.extensions[NAME]
    if there.is_full:
        raise Busy(seconds=RETRY_AFTER_S)

    @after_this_request
    def leave(response: Response) -> Response:
        response.call_on_close(lambda: there.add(work))
        return response
