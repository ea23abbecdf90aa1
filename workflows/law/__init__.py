"""The law: terms, severity, advice on duties, the authority's form. Pure functions, each with its article and source.

May import the standard library only. Its words: term, alarm (elapsed hours), due (Regulation 1182/71), unknown.
"""
