"""Finding breaches, incidents, notices and clients of the acting organisation by their words.

May import the database alone: what it finds are ids; who asks reads the rows. Its words: a term (a word as it was
typed), its words (those of the organisation that it stands for), a kind (what is found), pending (written, and its
words are not kept yet).
"""
