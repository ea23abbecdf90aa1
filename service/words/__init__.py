"""Texts for people: texts by key, moments, numbers, and names as they were typed.

May import no other package of service. Its words: text, key, locale, printed.
"""
