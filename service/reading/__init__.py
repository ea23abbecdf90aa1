"""Reads files as people have them: which clients are hit, who must be told, which clients there are, an old register.

May import words only. It knows no database and writes nothing. Its words: table (rows of a file or of a sheet), row (by
the number that the person's own program shows), field (what a column holds), fault (what does not fit, at its row), ask
(what a person confirms or chooses before anything is kept), item (what a row says).
"""
