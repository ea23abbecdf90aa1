"""In words: what was proven of an organisation, and whose word its name is."""

from collections.abc import Callable

from tenants.proofs import Proof


def proof_words(proof: Proof, text: Callable[..., str]) -> str:
    """One line for a person. `text(key, **values)` gives a text of the translations in the language of the reader."""
    what = "number" if proof.kvk_number else "organisation"
    proven = text(f"verification.proof.{what}_by_{proof.how}", number=proof.kvk_number)
    whose = "name_checked" if proof.name_checked else f"name_from_{proof.name_from}"
    return f"{proven}; {text(f'verification.proof.{whose}', office=proof.office)}"
