"""Files in CSV, in and out, without what their columns mean.

May import words. Its words: row, cell, fault (what is wrong at a line).
"""
