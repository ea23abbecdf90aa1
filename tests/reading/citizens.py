"""Citizen numbers of nobody, which pass the test of such a number."""

CITIZENS = ("111222333", "123456782", "100000009", "123456708")
