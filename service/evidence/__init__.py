"""The proof of one breach as a zip: to read, to check with one file of the standard library, without this service."""
