"""The evidence of one breach as a zip: to read, and to check with one file of the standard library."""
