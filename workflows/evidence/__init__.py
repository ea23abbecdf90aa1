"""The proof of one breach, files that people take away, and ends of the history that leave this database.

May import mail and outside. Its words: evidence, export, witness, head.
"""
