"""The words of the figures of the register."""

from service.words.texts import t
from tenants.register.figures import IN_WORDS, UNKNOWN
from workflows.dossiers.register_figures import TOGETHER
from workflows.law.vocabulary import MANY_OF


def figure_words(figure: str) -> str:
    """Return what a figure counts, such as "Gemeld bij de AP: ja", where it stands alone."""
    group, _, word = figure.partition("_")
    return f"{t(f'figures.groups.{group}')}: {word_of(group, word)}"


def word_of(group: str, word: str) -> str:
    """Return what a figure counts below the heading of its group."""
    if group in MANY_OF and word not in (IN_WORDS, UNKNOWN):
        return t(f"labels.{group}.{word}")
    return t(f"figures.{group}.{word}")


def year_words(year: str) -> str:
    """Return how a year of discovery is called, also the unknown one and all of them together."""
    return t(f"figures.years.{year}") if year in (UNKNOWN, TOGETHER) else year
