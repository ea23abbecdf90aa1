"""A small, real identity provider, for tests."""
