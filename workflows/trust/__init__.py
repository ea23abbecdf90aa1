"""Trust between organisations: proving whose register it is, and what one organisation's act changes at another.

May import accounts, mail, engine and law. Its words: proven, accept and end (a processor), join (two registers).
"""
