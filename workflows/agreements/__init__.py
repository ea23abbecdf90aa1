"""What an office agrees with its clients (Art. 28(3)): changed, ended and renewed from a day, and found before it is
doubled.

May import tenants. Its words: client, agreement, terms, contact.
"""
