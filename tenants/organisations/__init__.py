"""Organisations: each a tenant, who admitted it, what was proven of it, and with which other register it was joined.

May import history. Its words: admission (an office may register clients), verification, proof, claim.
"""
