"""What was proven about an organisation."""

from marshmallow import Schema, fields

HOW = "what proved the number: letter, operator or provider"
CHECKED = "whether the name was compared too; false: only the number is proven"
FROM = "who wrote the name: office, organisation or operator"


class ProofAnswer(Schema):
    """The proofs. A letter and a provider prove the KvK number. The name is only typed, unless it was checked too."""

    kvk_number = fields.String(allow_none=True)
    how = fields.String(metadata={"description": HOW})
    name_checked = fields.Boolean(metadata={"description": CHECKED})
    name_from = fields.String(metadata={"description": FROM})
    office = fields.String(allow_none=True, metadata={"description": "the office that wrote the name"})
