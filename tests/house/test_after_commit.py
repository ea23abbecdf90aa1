"""What must happen after an act is a row of its transaction: a killed process calls nobody after the commit."""

from tests.house.reading import ROOT

MAY_BE_LOST = {
    "tenants/isolation.py": "defines it",
    "workflows/engine/hints.py": "a hint: the clock process gives it again, and workers poll",
    "workflows/engine/advance.py": "a line of the log; the step itself is in the history",
    "service/webhooks/sendgrid.py": "a hint, as those of the engine",
}


def test_only_what_may_be_lost_waits_for_the_commit():
    uses = {
        str(file.relative_to(ROOT))
        for layer in ("service", "workflows", "tenants")
        for file in (ROOT / layer).rglob("*.py")
        if "after_commit(" in file.read_text("utf-8").replace("hint_after_commit(", "")
    }
    assert uses - {"workflows/engine/hints.py"} == set(MAY_BE_LOST) - {"workflows/engine/hints.py"}
    assert "    after_commit(" in (ROOT / "workflows/engine/hints.py").read_text("utf-8")
