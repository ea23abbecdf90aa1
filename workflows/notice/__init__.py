"""Communication to the people affected (Art. 34): list, text, approval by a second person, sending, following.

May import notification, mail, engine and law. Its words: notice, reader, release.
"""
