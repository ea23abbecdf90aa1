-- The register alone says that it is a test client's. An agreement that began later had no mark of its own, so an
-- incident on it was no test any more. A register of tests that somebody opened, and that ended its office, takes no
-- test any more: the office makes another one.
set local role meldketen_door;
update organisation o set is_test = false
 where o.is_test and not exists (select from processing_agreement a where a.controller_id = o.id);
reset role;
set constraints all immediate;
alter table processing_agreement drop column is_test;
