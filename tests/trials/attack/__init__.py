"""Everybody tries every door with everybody's ids; what leaks, breaks or is not written down is counted."""
