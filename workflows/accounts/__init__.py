"""People of an organisation and their seats: inviting, joining, roles, lost factors, logging in, keys for programs.

May import engine, mail and law. Its words: seat, decider (who approves or sends), owner, deputy, proof of a login.
"""
