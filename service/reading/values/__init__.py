"""Values as people write them, each kind in one file: an address, a name, a number of people, a day, a moment.

May import the outcome of reading, words and the law's moments. Each function returns the value, or Wrong with what was
probably meant.
"""
