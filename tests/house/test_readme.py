"""The commands that README shows are commands: each is read by the program's own parser."""


import pytest

from service.cli import ALIASES, COMMANDS, parser_of
from tests.house.reading import commands_in


@pytest.mark.parametrize("words", commands_in(), ids=" ".join)
def test_every_command_that_readme_shows_is_one(words: list[str]):
    parser_of(ALIASES.get(words[0], words[0])).parse_args(words[1:])


def test_readme_shows_the_commands_of_the_operator():
    assert {"organisation", "office", "mail"} <= {words[0] for words in commands_in()} <= set(COMMANDS)
