"""Questions to servers of others, over HTTP: each has one deadline for the whole of it.

May import tenants only. Its words: exchange, deadline (seconds), time stamp (RFC 3161).
"""
