"""One module per command of ``meldketen``; each is imported only when it is asked for."""
