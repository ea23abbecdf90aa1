"""Reading CSV files. What the columns mean is known elsewhere.

May import words. Its words: row, cell, fault (what is wrong at a line).
"""
