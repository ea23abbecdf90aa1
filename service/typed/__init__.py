"""What people type into a form, without the page around it: read into a document, and what a form begins with.

May import schemas and words. Its words: typed (the form's fields), document (what a schema reads), known.
"""
