-- Returns the hash of the last of these entries: each leaf is chained to the hash before it, in the order of the
-- rows.
create or replace aggregate history_chained(bytea, bytea) (sfunc = history_step, stype = bytea);
