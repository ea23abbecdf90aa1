"""Says in words what was proven of an organisation, and who wrote its name."""

from tenants.organisations.proofs import Proof
from workflows.mail.words import word


def proof_words(proof: Proof, locale: str) -> str:
    """Return half a sentence for a person: the confirmed KvK number and how it was confirmed, and where the name comes
    from."""
    what = "number" if proof.kvk_number else "organisation"
    whose = "name_checked" if proof.name_checked else f"name_from_{proof.name_from}"
    proven = word(f"proof.{what}_by_{proof.how}", locale).format(number=proof.kvk_number)
    return f"{proven}; {word(f'proof.{whose}', locale).format(office=proof.office)}"
