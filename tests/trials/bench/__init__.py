"""The bench: each figure is a ratio to its limit or to a peer, measured alternately in the same run."""
