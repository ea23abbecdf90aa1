"""A day or a moment in words while somebody types it. The page asks the reader of forms, so nothing is read twice."""

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from service.http.faults import message
from service.schemas.unread import Unread
from service.typed.moments import DAY, PARTS, TIME, day_of, moment_of, words_of

blueprint = Blueprint("moment_words", __name__, url_prefix="/words")
NAME, OF_TIME = "typed", "moment.time_"


@blueprint.get("/moment.json")
def said() -> dict[str, str]:
    """Return which day or moment was understood, in words, or else why it cannot be read; one of both is blank.

    `day_fault`: what is wrong with the day alone, for whoever goes on to the time.
    """
    is_day = TIME.strip(".") not in request.args
    typed = MultiDict({f"{NAME}{part}": request.args.get(part.strip("."), "") for part in PARTS})
    typed[NAME] = typed[f"{NAME}{DAY}"] if is_day else ""
    read = day_of(typed[NAME]) if is_day else moment_of(typed, NAME)
    faults = read.faults if isinstance(read, Unread) else []
    said_of = {key: message(key, key.values) for key in faults}
    of_day = " ".join(words for key, words in said_of.items() if not str(key).startswith(OF_TIME))
    return {"words": words_of(typed, NAME, is_day), "fault": " ".join(said_of.values()), "day_fault": of_day}
