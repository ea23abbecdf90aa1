"""The story while processes are killed, servers restart and mail fails: nothing may be lost or done twice."""
