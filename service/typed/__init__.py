"""What people type into a form, without the page around it: it is read into a document; and the values of a new form.

May import schemas and words. Its words: typed (the form's fields), document (what a schema reads), known.
"""
