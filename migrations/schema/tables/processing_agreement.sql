alter table processing_agreement enable row level security;
alter table processing_agreement force row level security;
create policy both_read on processing_agreement for select to meldketen_app
  using (processor_id = (select nullif(current_setting('app.organisation', true), '')::uuid) or
         controller_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy processor_writes on processing_agreement for update to meldketen_app
  using (processor_id = (select nullif(current_setting('app.organisation', true), '')::uuid))
  with check (processor_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on processing_agreement to meldketen_door using (true) with check (true);
grant select on processing_agreement to meldketen_app;
grant select, insert, update, delete on processing_agreement to meldketen_door;
grant update (contacts) on processing_agreement to meldketen_app;

create trigger doubt_stays after insert on processing_agreement referencing new table as changed
  for each statement execute function keep_doubt();

create trigger not_in_a_joined_register before insert or update on processing_agreement
  for each statement
  execute function refuse_where_joined();

create trigger register_accepts_processor after insert on processing_agreement referencing new table as changed
  for each statement execute function keep_to_own_clients();

create trigger register_still_accepts_processor after update on processing_agreement referencing new table as changed
  for each statement execute function keep_to_own_clients();

create trigger contacts_have_standing after insert on processing_agreement referencing new table as changed
  for each statement execute function keep_contact_standing();

create trigger contacts_keep_standing after update on processing_agreement
  referencing old table as before new table as changed
  for each statement execute function keep_contact_standing();

create trigger version_counts before update on processing_agreement for each row execute function count_version();

create trigger added_to_search after insert on processing_agreement referencing new table as changed
  for each statement execute function note_to_search('client');

create trigger changed_in_search after update on processing_agreement for each row
  when ((new.controller_name, new.client_number)
        is distinct from (old.controller_name, old.client_number))
  execute function note_to_search('client');

create trigger removed_from_search after delete on processing_agreement referencing old table as changed
  for each statement execute function note_to_search('client');
