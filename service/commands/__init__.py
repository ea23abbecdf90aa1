"""One module for each command of ``meldketen``. A module is imported only when its command is used."""
