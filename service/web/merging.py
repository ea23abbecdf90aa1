"""A form that somebody else changed meanwhile: what does not touch stands, the rest is shown side by side to choose."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from service.typed.merging import Answer, compare, digest, joined, read, written
from service.web.actor_names import who_did
from service.web.forms import Form
from service.words.moments import local_moment
from service.words.texts import t
from tenants.history.entries import History

BEGAN, CHOICE, BESIDE = "began", "choice.", "beside."
MINE, THEIRS, TOGETHER = "mine", "theirs", "together"
Values = MultiDict[str, str]
EntryOf = Callable[[str], History | None]
"""Returns the entry that recorded a question last, by the name of the question."""


@dataclass(frozen=True)
class Question:
    """One question of a form. `holds` tells whether a field belongs to it; `words` what its fields hold, for a reader.

    `joins`: "text" or "many" where both answers may stand together; blank where one excludes the other.
    """

    name: str
    label: str
    answer: Callable[[Values], Answer]
    holds: Callable[[str], bool]
    words: Callable[[Values], str]
    joins: str = ""


@dataclass(frozen=True)
class Beside:
    """Two answers to one question: mine and the stored one, in words, and who stored that; `seen` is its digest."""

    question: Question
    mine: str
    theirs: str
    by: str
    seen: str

    @property
    def ways(self) -> list[str]:
        """Return how a person may choose."""
        return [MINE, THEIRS, TOGETHER] if self.question.joins else [MINE, THEIRS]


def begin(form: Form, now: Values, questions: Iterable[Question], entry_of: EntryOf) -> int:
    """Let the page of this form say what it begins with; return in how many questions others stored something else.

    Every page of a form with questions comes here. What was typed before, in a draft or to look at it (a preview, an
    advice), is brought together with what is stored now, unless its saving did that. The page refuses nothing by that.
    A form of before pages said what they began with is guarded by its version.
    """
    asked, others, status = list(questions), 0, form.status
    if not form.began:
        others = bring_together(form, now, asked, entry_of) or 0
    form.status = status
    is_old_draft = form.own_draft is not None and form.own_draft.shows_typed
    if not form.is_posted and not form.began and not is_old_draft:
        form.began = written(digests(now, asked))
    return others


def digests(now: Values, questions: Iterable[Question]) -> dict[str, str]:
    """Return the digest of what is stored now, by question."""
    return {question.name: digest(question.answer(now)) for question in questions}


def bring_together(form: Form, now: Values, questions: Iterable[Question], entry_of: EntryOf) -> int | None:
    """Put into the form what others stored meanwhile where this person changed nothing; return in how many questions.

    Where both changed the same one, the form shows both answers until a person chooses; who chose saw the answer that
    is stored now. Returns None for a page that does not say what it began with: then its version decides.
    """
    began, asked = read(form.value(BEGAN)), list(questions)
    if not began:
        return None
    stored = {question.name: question.answer(now) for question in asked}
    compared = compare(began, stored, {question.name: question.answer(form.typed) for question in asked})
    for question in asked:
        way = THEIRS if question.name in compared.theirs else ""
        if question.name in compared.both:
            way = _chosen(form, question, digest(stored[question.name]))
            if not way:
                form.beside.append(_beside(form, question, now, entry_of(question.name)))
        _put(form.typed, question, now, way)
    open_still = {beside.question.name for beside in form.beside}
    kept = {name: began.get(name, "") if name in open_still else digest(answer) for name, answer in stored.items()}
    form.began = written(kept)
    if form.beside:
        form.status = 409
    return len(compared.theirs)


def _chosen(form: Form, question: Question, stored: str) -> str:
    """Return what the sender chose, seeing the answer that is stored now; blank when they did not choose."""
    way = form.value(CHOICE + question.name)
    is_one = way in (MINE, THEIRS) or (way == TOGETHER and bool(question.joins))
    return way if is_one and form.value(BESIDE + question.name) == stored else ""


def _put(typed: Values, question: Question, now: Values, way: str) -> None:
    if way not in (THEIRS, TOGETHER):
        return
    names = {name for name in (*typed, *now) if question.holds(name)}
    for name in names:
        theirs, mine = now.getlist(name), typed.poplist(name)
        values = theirs if way == THEIRS else joined(theirs, mine, question.joins == "text")
        if values:
            typed.setlist(name, values)


def _beside(form: Form, question: Question, now: Values, entry: History | None) -> Beside:
    by = t("merging.by", who=who_did(entry), moment=local_moment(entry.at)) if entry else t("merging.by_somebody")
    return Beside(question, question.words(form.typed), question.words(now), by, digest(question.answer(now)))
