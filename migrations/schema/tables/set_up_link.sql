alter table set_up_link enable row level security;
alter table set_up_link force row level security;
create policy door on set_up_link to meldketen_door using (true) with check (true);
grant select, insert, delete on set_up_link to meldketen_door;
