"""The register in figures, by year of discovery."""

from typing import Any

from flask_smorest import Blueprint

from service.admission.access import may
from service.api.routes import OF_ORGANISATION, Resource
from service.downloads.figures import plain
from service.schemas.register_figures import FiguresAnswer
from workflows.dossiers.register_figures import register_figures

blueprint: Blueprint = Resource("figures", __name__, url_prefix=f"{OF_ORGANISATION}/figures")


@blueprint.route("")
@blueprint.response(200, FiguresAnswer)
@may("read")
def show_figures() -> dict[str, Any]:
    """Return how many breaches the register has of each kind, by year of discovery. Each figure is a filter of the
    list of breaches: `breaches?figure=notified_yes&found_in=2025`."""
    figures = register_figures()
    return {"years": list(figures.years), "items": [plain(row) for row in figures.rows]}
