alter table incident enable row level security;
alter table incident force row level security;
create policy owned on incident to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on incident to meldketen_door using (true) with check (true);
grant select, insert on incident to meldketen_app;
grant select, insert, update on incident to meldketen_door;

create trigger not_in_a_joined_register before insert or update on incident
  for each statement
  execute function refuse_where_joined();

create trigger passing_on_ends before insert on incident for each row
  when (new.from_breach is not null and current_user <> 'meldketen_door') execute function keep_passing_on();

create trigger added_to_search after insert on incident referencing new table as changed
  for each statement execute function note_to_search('incident');

create trigger changed_in_search after update on incident for each row
  when ((new.reference, new.title)
        is distinct from (old.reference, old.title))
  execute function note_to_search('incident');

create trigger removed_from_search after delete on incident referencing old table as changed
  for each statement execute function note_to_search('incident');
