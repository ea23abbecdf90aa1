"""The processes: workers do what is ready, clocks hear what is due, Redis carries hints, old rows are deleted.

May import every package. Its words: job (look at one organisation), hint, sweep.
"""
