"""One log format for web, worker and clock: a JSON line with ids, kinds and durations; never a name or an address.

Only fields on a list are written. Of an exception the line has its kind and its place, never its words, because they
may hold what somebody typed, or a row that the database refused. Values that another library puts into its message are
left out.
"""

import logging
import re
import sys
import threading
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO
from uuid import UUID

import orjson
import structlog
from structlog.stdlib import ProcessorFormatter

from service.config import ConfigError
from tenants.errors import Refused

Event = MutableMapping[str, Any]
KEPT = frozenset(
    {
        *("timestamp", "level", "logger", "event", "process", "pid", "request", "fault", "where"),
        *("workflow", "version", "step", "clock", "run_id", "step_id", "run_ids", "step_ids", "organisation_id"),
        *("batch_id", "purpose", "people", "answer", "attempt", "steps", "events", "seconds", "kind"),
        *("method", "route", "status"),
    }
)
"""The fields that a line may have. Other fields are not written."""
OURS = ("service", "workflows", "tenants")
ADDRESS = re.compile(r"[^\s\"'<>()\[\],;:=]+@[^\s\"'<>()\[\],;:=]+")
PLACE = re.compile(r"%%|%(?:\(\w+\))?[-+ #0-9.*]*[a-zA-Z]")
FAULTS, PLACES = 6, 12
LONGEST_VALUE = 1000
"""The most characters of one value.

Looking for an address in it takes time that grows with the square of its length.
"""
HOUSE = str(Path(__file__).parents[2]) + "/"


def configure(process: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Configure all lines of this process from now on, those of our code and of every library."""
    about = {"process": process}
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(), structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]  # fmt: skip
    formatter = ProcessorFormatter(
        foreign_pre_chain=chain, use_get_message=False, pass_foreign_args=True,
        processors=[lambda _, __, event: {**event, **about}, worded, without_words, kept, _as_json],
    )  # fmt: skip
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level.upper())
    for name in ("gunicorn.error", "gunicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    sys.excepthook = lambda *fault: logging.getLogger(__name__).critical("ended", exc_info=fault)
    threading.excepthook = _thread_ended


def worded(_: Any, __: str, event: Event) -> Event:
    """Return the event with its message. A message of another library keeps only numbers and ids of its values."""
    record: logging.LogRecord = event.pop("_record")
    args = event.pop("positional_args", ())
    event["pid"] = record.process
    if not isinstance(record.msg, str):
        event["event"] = type(record.msg).__name__
    elif record.name.partition(".")[0] in OURS:
        event["event"] = record.msg % args if args else record.msg
    else:
        filled = iter(args if isinstance(args, tuple) else ())
        event["event"] = PLACE.sub(lambda place: _filled(place[0], filled), record.msg)
    return event


def without_words(_: Any, __: str, event: Event) -> Event:
    """Return the event with the kinds and places of its exception and of its causes, without their words."""
    error = _exception(event.pop("exc_info", None))
    if error is not None:
        event["fault"] = [_kind_of(cause) for cause in _because(error)]
        event["where"] = _places(error)[-PLACES:]
    return event


def kept(_: Any, __: str, event: Event) -> Event:
    """Return the event with only the fields on the list, and without any address in them."""
    return {name: _plain(value) for name, value in event.items() if name in KEPT}


def _exception(exc_info: Any) -> BaseException | None:
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    return error if isinstance(error, BaseException) else None


def _filled(place: str, filled: Iterator[Any]) -> str:
    if place == "%%":
        return "%"
    value = next(filled, None)
    return str(value) if isinstance(value, int | float | UUID) else "…"


def _because(error: BaseException) -> Iterator[BaseException]:
    following: BaseException | None = error
    for _ in range(FAULTS):
        if following is None:
            return
        yield following
        because = None if following.__suppress_context__ else following.__context__
        following = following.__cause__ or because


def _kind_of(error: BaseException) -> str:
    """Return its class, with the database's code, table and constraint, our own key, or the name of a wrong setting."""
    parts = [type(error).__qualname__, getattr(error, "sqlstate", None)]
    diagnosis = getattr(error, "diag", None)
    parts += [getattr(diagnosis, name, None) for name in ("table_name", "constraint_name")] if diagnosis else []
    parts += [error.key] if isinstance(error, Refused) else []
    parts += [str(error)] if isinstance(error, ConfigError) else []
    return " ".join(str(part) for part in parts if part)


def _places(error: BaseException) -> list[str]:
    """Return the lines of our own code that the exception passed, and the line that raised it."""
    frames = [(step.tb_frame.f_code, step.tb_lineno) for step in _steps(error.__traceback__)]
    kept_frames = [frame for frame in frames[:-1] if "site-packages" not in frame[0].co_filename] + frames[-1:]
    return [
        f"{code.co_filename.removeprefix(HOUSE).rpartition('site-packages/')[2]}:{line} {code.co_name}"
        for code, line in kept_frames
    ]


def _steps(step: TracebackType | None) -> Iterator[TracebackType]:
    while step is not None:
        yield step
        step = step.tb_next


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return ADDRESS.sub("…", value[:LONGEST_VALUE])
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    return value if isinstance(value, int | float | UUID | None) else type(value).__name__


def _as_json(_: Any, __: str, event: Event) -> str:
    return orjson.dumps(dict(event)).decode()


def _thread_ended(ending: threading.ExceptHookArgs) -> None:
    logging.getLogger(__name__).critical("thread ended", exc_info=ending.exc_value)
