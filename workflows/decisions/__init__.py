"""What waits for a person: open steps, mail of unknown fate, steps that failed, clocks that nobody hears, broken glass.

May import every package but evidence and running. Its words: turn, settle (a person decides about mail), retry.
"""
