"""What a process needs before it works: the database and keys, logs, the operator, and which installation it is.

May import config and words; the servers of this machine (embedded) only when a command needs them.
"""
