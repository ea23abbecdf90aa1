"""How fast it is, as ratios: each figure against its limit or its peers, measured by turns in the same run."""
