"""What people write where they have no value: unknown, not applicable, unclear. These are three things, and each kind
of value says which of them it takes."""

UNKNOWN = frozenset({
    "", "?", "??", "-", "--", "---", "\u2013", "\u2014", ".", "onbekend", "niet bekend", "nog niet bekend",
    "nog onbekend", "weet ik niet", "weet niet", "weet ik nog niet", "nader te bepalen", "ntb", "n.t.b.", "unknown",
    "not known", "not yet known", "not known yet", "tbd", "n.b.", "nb", "n.n.b.", "nnb", "null", "nil", "leeg",
    "onb.", "onb",
})  # fmt: skip
NOT_APPLICABLE = frozenset({"nvt", "n.v.t.", "n.v.t", "nvt.", "n/a", "na", "niet van toepassing", "not applicable"})
UNCLEAR = frozenset({"onduidelijk", "unclear", "twijfel", "in onderzoek", "under investigation"})
NONE = frozenset({"geen", "(geen)", "geen!", "g\u00e9\u00e9n", "none", "x", "nee", "no"})
"""There is none: said of an address, of a number of the trade register, of a term."""
NO_VALUE = UNKNOWN | NOT_APPLICABLE | UNCLEAR | NONE
NO_NAME = NO_VALUE - {"na", "nb", "nil", "x"}
"""Written where a name should stand, and the name of nobody."""
NOT_TOLD = (UNKNOWN | NOT_APPLICABLE | NONE) - {"x"} | {
    "niet", "nog niet", "niet ge\u00efnformeerd", "niet geinformeerd", "nog niet ge\u00efnformeerd", "not yet",
    "not informed", "not informed yet",
}  # fmt: skip
"""Written where somebody was not told, in place of when and how."""
BLANK = "-"
"""What is proposed where a cell should be left blank: each kind of value reads it as a blank cell."""
