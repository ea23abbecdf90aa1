"""What a person reads: texts by key, moments, numbers, names as they were typed.

May import no other package of service. Its words: text, key, locale, printed.
"""
