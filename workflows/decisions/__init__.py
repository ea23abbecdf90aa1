"""What waits for a person: open steps, mail of unknown outcome, failed steps, clocks that fail, broken glass.

May import every package but evidence and running. Its words: turn, settle (a person decides about mail), retry.
"""
