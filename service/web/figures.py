"""The register in figures: each figure opens the list of the breaches that it counts."""

from itertools import groupby

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.admission.access import may
from service.words.figures import figure_words, word_of, year_words
from workflows.dossiers.register_figures import SUM, TOGETHER, register_figures

blueprint = Blueprint("figures", __name__, url_prefix="/o/<organisation>")


@blueprint.get("/register/figures")
@may("read")
def shown() -> ResponseReturnValue:
    """Show how many breaches there are of each kind, by year of discovery."""
    figures = register_figures()
    groups = {group: list(rows) for group, rows in groupby(figures.rows, lambda row: row.group)}
    people = groups.pop(SUM)
    return render_template(
        "figures.html", columns=(TOGETHER, *figures.years), groups=groups, least=people[0].counts,
        most=people[1].counts, estimates=people[0].estimates, word_of=word_of, year_words=year_words,
        figure_words=figure_words,
    )  # fmt: skip
