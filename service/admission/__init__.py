"""How a request comes in: who it is, for which organisation, whether they may, how often, and if it is repeated.

May import words and config. Its words: admitted, seat, proof (a login shown again within five minutes), browser, pace.
"""
