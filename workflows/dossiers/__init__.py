"""Dossiers: everything that a page or the API shows of a breach, a notice, an incident's board or an escalation.

May import every package but running and evidence. Whose turn a step is depends on the people, the catalogue and earlier
decisions, so a dossier is above all of these. Its words: dossier, viewer (the person who looks), step to ask.
"""
