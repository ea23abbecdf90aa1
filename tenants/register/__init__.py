"""What happened to data: breaches in one register, incidents, escalations between two parties, notices to people.

May import history and organisations. Its words are the regulation's: breach, incident, escalation, notice.
"""
