"""A file from upload to taking: it is read, shown as it would be kept, and taken, for one of four purposes.

Pages and API do the same here. May import reading, schemas, admission, words, and the verbs of workflows. What a file
holds is kept by tenants/files. Its words: reading (what a file says), dry run (what taking it would keep), taking.
"""
