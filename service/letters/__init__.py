"""Letters on paper, as tagged PDF (PDF/UA-1). typst makes them, and values are text, never markup.

May import words. Its words: letter, template, value (a text that is put into a letter as it is).
"""
