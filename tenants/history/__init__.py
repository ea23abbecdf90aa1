"""The history: what happened, chained and signed, so that an altered entry is seen.

May import the modules beside the packages, and no other package. Its words: entry, chain, head (the signed end of a
chain), countersignature (another party's head, kept in one's own chain), witness.
"""
