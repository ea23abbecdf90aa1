"""Files that somebody brings in: what is kept of one while people look at it, and what was chosen about its columns.

Everything of a file is sealed with the organisation's key. May import sealing and isolation. What the rows of a file
mean is known elsewhere. Its words: part (a sealed lot of a file), taken (its rows were kept), undone (and taken back).
"""
