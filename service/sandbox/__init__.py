"""A faithful SendGrid for laptops and tests: a real HTTP server with the rules of the real one, and an inbox.

It is a process of its own, always with ONE worker process (its index is in memory), without --preload: ``gunicorn
--workers 1 --threads 8 "service.sandbox.app:from_environment()"``.

Nothing that it accepts leaves the machine: mail goes to its log, and events go to WEBHOOK_URL. It is not for the open
internet: the inbox and /sandbox/ ask for no password, so bind it to loopback. May import config and safe_settings.
"""
