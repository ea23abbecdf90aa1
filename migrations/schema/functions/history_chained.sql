create or replace aggregate history_chained(bytea, bytea) (sfunc = history_step, stype = bytea);
