"""What may be sent in, and what comes out: one file per resource, used by the API and by the forms alike.

A schema refuses what it does not know. Its messages are keys of translations/*/errors.toml.
"""
