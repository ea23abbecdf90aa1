"""Checks an installation from outside in, and says of each part whether it is right and what to do.

May import health, running, config, words, workflows and tenants; only the command imports it. It changes nothing and
never shows a secret. Its words: finding, wrong, unknown (what cannot be told from here).
"""
