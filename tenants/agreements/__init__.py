"""Processing agreements (Art. 28(3)): an office, its clients, their contacts, and whether they accept that office.

May import history, organisations and register. Its words: agreement, client, consent, contact in doubt.
"""
