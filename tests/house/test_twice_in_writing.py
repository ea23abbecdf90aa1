"""What two changes wrote at the same place is not left there twice: README and CHANGELOG say each thing once."""

from collections import Counter

from tests.house.reading import ROOT


def test_the_changelog_has_no_line_twice():
    lines = [line for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines() if len(line) > 40]
    assert len(lines) > 100 and [line for line, times in Counter(lines).items() if times > 1] == []


def test_readme_has_one_row_for_each_thing_that_somebody_looks_for():
    text = (ROOT / "README.md").read_text("utf-8").split("## Where things are")[1].split("\n## ")[0]
    things = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")]
    assert len(things) > 50 and [thing for thing, times in Counter(things).items() if times > 1] == []
