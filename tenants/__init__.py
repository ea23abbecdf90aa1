"""The facts: who is here, what was agreed, what happened. Imports nothing else of this product.

Packages from the bottom up: history, organisations, register, agreements, identity, keys. Beside them stand the way in
(`isolation`, `database`), what can be refused (`errors`), and how text and personal values are kept (`lines`,
`sealing`).
"""
