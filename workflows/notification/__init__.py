"""Notification to the authority (Art. 33): a breach is weighed, decided by two people, submitted, supplemented.

May import mail, engine and law. Its words: assess, draft, approve, submit, awareness, supplement.
"""
