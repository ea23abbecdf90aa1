"""What an organisation sets for itself: names, addresses, data protection officer, sender and answers, closed days.

May import notification, mail, engine and law. Its words: section (settings that are saved together), reporter (who may
send a form to the authority), missing (what is not said yet).
"""
