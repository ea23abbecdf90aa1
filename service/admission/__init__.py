"""How a request comes in: who sends it, for which organisation, whether they may, how often, and if it is repeated.

May import words and config. Its words: admitted, seat, proof (a login shown again within five minutes), browser, pace.
"""
