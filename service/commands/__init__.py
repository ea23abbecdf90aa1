"""One module for each command of ``meldketen``. A module is imported only when its command is used.

May import every package of the product; only `cli` imports it. Its words: command, operator (who runs the
installation, and belongs to no organisation), release (migrations, roles and tables that follow from the code).
"""
