"""Trials: the real command, its real processes, and what it leaves behind."""
