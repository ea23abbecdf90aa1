"""An organisation's key and the installation's master key are renewed or destroyed, and what they seal is sealed anew.

May import history. Its words: seal, wrap (a key sealed with the master key), lot (rows sealed in one transaction).
"""
