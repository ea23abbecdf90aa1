-- An office that made a register with a number typed that number. Its agreements lead to that register, or to one of
-- the same number that accepted the office since. No version grows: nobody changed an agreement.
alter table processing_agreement disable trigger user;
set local role meldketen_door;
update processing_agreement a set kvk_number_stated = r.kvk_number
  from organisation r
 where r.id = a.controller_id and not r.is_test
   and exists (select from organisation m where m.made_by = a.processor_id and m.kvk_number = r.kvk_number);
insert into search_pending (organisation_id, kind, subject_id)
select processor_id, 'client', id from processing_agreement where kvk_number_stated is not null;
reset role;
alter table processing_agreement enable trigger user;
