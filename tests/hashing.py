"""Passwords in tests: hashed as in production but for the cost, which is 0.2 s of processor time for each there."""

from argon2 import PasswordHasher

from tenants.identity.passwords import Hashing

_cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CHEAP = Hashing(_cheap, _cheap.hash("nobody has this password"))
