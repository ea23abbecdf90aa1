"""Logging in through an organisation's own identity provider: OpenID Connect, authorization code with PKCE.

OpenID Connect Core 1.0; RFC 7636 (PKCE), RFC 9207 (who answers), RFC 9700 (what to refuse). May import admission,
config and words. Its words: provider, errand (a login that is on its way to a provider and back), claim.
"""
