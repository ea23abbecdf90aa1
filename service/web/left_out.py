"""What a form was sent with and is kept without: marks that turn the direction of reading, which nobody sees.

Whoever pasted them reads on the next page at which field they stood, because a text that loses a sign in silence is not
the text that was sent. A form that comes back still has them.
"""

from flask import Flask, Response, flash, request

from service.admission.admission import admission
from service.web.forms import NOT_TYPED
from service.web.kept_forms import SECRET
from service.web.typed_texts import label_of_field
from service.words.signs import marks_left_out
from service.words.texts import t

MOST_NAMED = 5
"""How many fields are named on one page."""


def _name_what_was_left_out(answer: Response) -> Response:
    """Say it on the page to which this answer leads."""
    if not admission().is_done:
        return answer
    texts = ((name, value) for name, value in request.form.items(multi=True) if name not in NOT_TYPED | SECRET)
    typed = ((name, marks_left_out(value)) for name, value in texts)
    for name, marks in [(name, marks) for name, marks in typed if marks][:MOST_NAMED]:
        field = label_of_field(name, request.form)
        flash(t("forms.left_out", field=field, count=len(marks), code=marks[0]["code"], around=marks[0]["around"]))
    return answer


def register(app: Flask) -> None:
    """Look at each form that did what it was sent for."""
    app.after_request(_name_what_was_left_out)
