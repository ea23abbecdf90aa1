"""The story while processes are killed, servers restart and mail fails: nothing is lost, nothing is doubled."""
