alter table notice enable row level security;
alter table notice force row level security;
create policy owned on notice to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on notice to meldketen_door using (true) with check (true);
grant select, insert, update on notice to meldketen_app;
grant select, insert, update on notice to meldketen_door;

create trigger not_in_a_joined_register before insert or update on notice
  for each statement
  execute function refuse_where_joined();

create constraint trigger notice_is_approved after update on notice deferrable initially deferred
  for each row when ((new.approved_at, new.sent_at) is distinct from (old.approved_at, old.sent_at)
                     and (new.approved_at is not null or new.sent_at is not null))
  execute function approved_by_a_person();

create constraint trigger notice_may_be_due after insert on notice deferrable initially deferred
  for each row execute function judge_what_is_due();

create constraint trigger notice_may_be_done after update on notice deferrable initially deferred
  for each row when ((old.sent_at is null) <> (new.sent_at is null)) execute function judge_what_is_due();

create trigger added_to_search after insert on notice referencing new table as changed
  for each statement execute function note_to_search('notice');

create trigger changed_in_search after update on notice for each row
  when ((new.subject, new.breach_id)
        is distinct from (old.subject, old.breach_id))
  execute function note_to_search('notice');

create trigger removed_from_search after delete on notice referencing old table as changed
  for each statement execute function note_to_search('notice');
