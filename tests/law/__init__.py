"""The law, rule by rule: no database, no server, no clock."""
