"""What a process needs before it serves anybody: the database and keys, logs, the operator, which installation it is.

May import config and words; the servers of this machine (embedded) only when a command asks for them.
"""
