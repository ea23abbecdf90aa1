"""Tables that people take away as a file: the register, a board, the people of a notice.

May import admission and words. Its words: table, row, cell, ending (of the file's name).
"""
