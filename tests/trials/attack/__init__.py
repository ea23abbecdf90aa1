"""Everybody tries every route with everybody's ids; what leaks, breaks or is not written down is counted."""
