"""Mail through SendGrid, in batches: planned, claimed, posted once, answered or unknown; and its words and texts.

May import engine and outside. Its words: batch, recipient, purpose, hold (a mail waits), reminder.
"""
