"""The evidence of one breach as a zip: to read, and to check with one file of the standard library.

May import words, downloads and admission; its verifier, ``verify.py``, may import the standard library only. Its words:
entry, chain, manifest (the signed list of files), stamp.
"""
