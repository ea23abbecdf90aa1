"""Dossiers: what a breach, a notice, an incident's board or an escalation is for whoever looks; pages and API use them.

May import every package but running and evidence. Whose turn a step is takes the people, the catalogue and what others
decided, so a dossier is above all of these. Its words: dossier, viewer (who looks), step to ask.
"""
