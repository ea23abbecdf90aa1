"""The answers of a draft to an assessment. Each is kept with the value that was recorded when its writer saw the form.

An answer counts as long as that value stands. When a colleague or the processor recorded another value meanwhile, the
recorded one counts, so that nobody overwrites a newer fact that they have not seen.
"""

from collections.abc import Iterable

from service.typed.known import facts_known
from service.web.forms import Form
from tenants.form_drafts import Typed
from tenants.register.breaches import Breach

SHOWN = "shown."
"""What a field begins with that holds the recorded value of the field behind it, as the form showed it."""
PEOPLE = ("people_min", "people_max")


def recorded_values(breach: Breach) -> Typed:
    """Return the recorded facts by field, as a form holds them."""
    return dict(Form.beginning_with(facts_known(breach)).typed.lists())


def answered(draft: Typed, names: Iterable[str], form: Form, breach: Breach) -> Typed:
    """Return the draft with the answers to these fields, and with what the form showed beside each.

    A form that does not say what it showed counts as one that showed what is recorded now.
    """
    recorded = recorded_values(breach)
    answers = {name: form.typed.getlist(name) for name in names}
    shown = {
        SHOWN + name: _not_blank(form.typed.getlist(SHOWN + name)) if SHOWN + name in form.typed
        else recorded.get(name, []) for name in names
    }  # fmt: skip
    return draft | answers | shown


def outdated(draft: Typed, breach: Breach) -> tuple[str, ...]:
    """Return the fields whose recorded value changed since the draft has an answer, and differs from that answer.

    The least and the most number of people are one answer.
    """
    recorded = recorded_values(breach)
    names = [name for name in draft if name.startswith("facts.") or name in PEOPLE]
    old = {name for name in names if _is_outdated(name, draft, recorded)}
    return tuple(name for name in names if name in old or (name in PEOPLE and old & set(PEOPLE)))


def _is_outdated(name: str, draft: Typed, recorded: Typed) -> bool:
    now = sorted(recorded.get(name, []))
    return now not in (sorted(draft.get(SHOWN + name, [])), sorted(_not_blank(draft[name])))


def standing(draft: Typed, breach: Breach) -> Typed:
    """Return the draft without the answers that are outdated."""
    old = outdated(draft, breach)
    return {name: values for name, values in draft.items() if name.removeprefix(SHOWN) not in old}


def _not_blank(values: list[str]) -> list[str]:
    return [value for value in values if value]
