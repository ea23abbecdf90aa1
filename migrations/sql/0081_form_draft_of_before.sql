-- Answers to assessments were kept without a seal until now, and a migration has no key. They go on under the label of
-- no key, get a seal when their writer saves them again, and end by age.
grant insert on form_draft to meldketen_door;
grant select on assessment_draft to meldketen_door;
set local role meldketen_door;
insert into form_draft (organisation_id, user_id, id, form, subject_id, sealed, saved_at)
select d.organisation_id, d.user_id, d.breach_id, 'by_question', d.breach_id,
       '\x00000000'::bytea || convert_to(d.typed::text, 'UTF8'), d.saved_at
  from assessment_draft d join membership m on m.organisation_id = d.organisation_id and m.user_id = d.user_id;
reset role;
revoke insert on form_draft from meldketen_door;
drop table assessment_draft;
