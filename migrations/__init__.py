"""The database's own history: tables and their policies, in literal SQL."""
