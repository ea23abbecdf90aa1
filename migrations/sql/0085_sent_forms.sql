-- Where the form of a page led is kept for longer than the answers of the API, so each has its own order by age.
drop index answer_by_age;
create index answer_by_age on idempotent_answer (created_at) where status is distinct from 303;
create index sent_form_by_age on idempotent_answer (created_at) where status = 303;
