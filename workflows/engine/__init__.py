"""The engine: declared steps, derived progress, rows that workers and people complete. It knows no law."""
