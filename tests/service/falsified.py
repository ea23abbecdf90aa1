"""Ways to falsify an evidence that was unpacked."""

from collections.abc import Callable
from typing import Any

from tests.service.zipped import Files


def an_entry(files: Files, nth: int = 1) -> dict[str, Any]:
    entry: dict[str, Any] = files["evidence.json"]["entries"][nth]
    return entry


def alter_form(files: Files) -> None:
    an_entry(files)["form"] = an_entry(files)["form"].replace("head.received", "head.refused").replace("breach", "x")


def alter_name(files: Files) -> None:
    next(entry["name"] for entry in files["evidence.json"]["entries"] if entry["name"])["value"] = "Iemand anders"


def hide_name(files: Files) -> None:
    next(entry for entry in files["evidence.json"]["entries"] if entry["name"])["name"] = None


def alter_value(files: Files) -> None:
    next(entry["personal"] for entry in files["evidence.json"]["entries"] if entry["personal"])["value"] = "{}"


def alter_facts(files: Files) -> None:
    files["evidence.json"]["breach"]["people_max"] = 1


def drop_entry(files: Files) -> None:
    files["evidence.json"]["entries"].pop(1)


def swap_entries(files: Files) -> None:
    entries = files["evidence.json"]["entries"]
    entries[1], entries[2] = entries[2], entries[1]


def swap_leaves(files: Files) -> None:
    lines = files["chain.txt"].split()
    files["chain.txt"] = "\n".join([lines[1], lines[0], *lines[2:]])


def insert_entry(files: Files) -> None:
    files["evidence.json"]["entries"].insert(1, an_entry(files))


def insert_leaf(files: Files) -> None:
    files["chain.txt"] += "00" * 64
    files["chain.json"]["last"] += 1


def cut_tail(files: Files) -> None:
    files["chain.txt"] = "\n".join(files["chain.txt"].split()[:-1])


def move_head(files: Files) -> None:
    files["chain.json"]["head"] = "00" * 32


def drop_statement(files: Files) -> None:
    files["countersignatures.json"]["held"] = []


def alter_statement(files: Files) -> None:
    statement = files["countersignatures.json"]["given"][0]
    statement["statement"] = statement["statement"].replace('"seq":', '"seq":1')


def alter_page(files: Files) -> None:
    files["page.html"] += " "


def drop_page(files: Files) -> None:
    del files["page.html"]


def add_file(files: Files) -> None:
    files["more.html"] = "x"


FALSIFIED: list[Callable[[Files], None]] = [
    alter_form, alter_name, hide_name, alter_value, alter_facts, drop_entry, swap_entries, swap_leaves, insert_entry,
    insert_leaf, cut_tail, move_head, drop_statement, alter_statement, alter_page, drop_page, add_file,
]  # fmt: skip
