"""The servers, folders and processes of one machine, tried with real ones."""
