"""The shape of what is sent in and of what is answered: one file for each resource, used by the API and the forms.

A schema refuses a field that it does not know. Its messages are keys of translations/*/errors.toml. May import
admission and words. Its words: schema, field, moment, resource.
"""
