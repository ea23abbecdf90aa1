-- What stands in the registers already waits for its words like what is written from now on.
set local role meldketen_door;
insert into search_pending (organisation_id, kind, subject_id)
select organisation_id, 'breach', id from breach
union all select organisation_id, 'incident', id from incident
union all select organisation_id, 'notice', id from notice
union all select processor_id, 'client', id from processing_agreement;
reset role;
