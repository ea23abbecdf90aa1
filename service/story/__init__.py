"""The stories: they drive a running service from outside, over HTTP and processes, with the sandbox as SendGrid.

``meldketen story`` and the first ``meldketen up`` play them. May import what a client could know, the demo, and the
servers of this machine. A *scenario* is the incident of a story; a *screen* shows how far the story is.
"""
