"""The processor tells every controller that an incident hit (Art. 33(2)), by mail, and by telephone or letter.

May import accounts, notification, mail, engine and law. Its words: incident, escalation, receipt, call list, contact.
"""
