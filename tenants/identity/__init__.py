"""People and how they show who they are: accounts, seats, sessions, second factors, links, keys for programs.

May import organisations. Its words: seat (a person's role in one organisation), factor, attempt, invitation, deputy.
"""
