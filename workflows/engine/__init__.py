"""The engine: declared steps, derived progress, rows that workers and people complete. It knows no law.

May import roles and tenants. Its words: workflow, run, step, clock, lease, act.
"""
