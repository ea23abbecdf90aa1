"""The commands that README shows are commands: each is read by the program's own parser."""

import re
import shlex

import pytest

from service.cli import ALIASES, COMMANDS, parser_of
from tests.house.reading import ROOT

SHOWN = re.compile(r"^ +(?:\.venv/bin/|\$ )meldketen (.*)$", re.M)
BESIDE = re.compile(r" {2,}\(.*$")


def commands_in(section: str = "") -> list[list[str]]:
    """The words of each command that README shows on a line of its own; of the section with this title, or of all."""
    text = (ROOT / "README.md").read_text("utf-8")
    if section:
        text = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    lines = [BESIDE.sub("", line) for line in SHOWN.findall(text)]
    return [shlex.split(re.sub(r"[\[\]]", "", line)) for line in lines]


@pytest.mark.parametrize("words", commands_in(), ids=" ".join)
def test_every_command_that_readme_shows_is_one(words: list[str]):
    parser_of(ALIASES.get(words[0], words[0])).parse_args(words[1:])


def test_readme_shows_the_commands_of_the_operator():
    assert {"organisation", "office", "mail"} <= {words[0] for words in commands_in()} <= set(COMMANDS)
