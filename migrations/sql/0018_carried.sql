-- Installations of before. A register that nobody opened and that several offices share is split: each office gets its
-- own. One that is in use accepts the offices that it has agreements with. Who has agreements with others is admitted.
-- All of it stands in the histories.

-- A link of an office lasts seven days, also one that was mailed before.
update invitation set expires_at = least(expires_at, created_at + interval '7 days') where breach_id is not null
  and used_at is null;

-- The rest is written as the doors write: their role sees every organisation, and deletes nothing.
set local role meldketen_door;
insert into admission (organisation_id, state, note)
select distinct processor_id, 'admitted', 'was in use before' from processing_agreement;
insert into consent (controller_id, processor_id, state, how, answered_at)
select distinct a.controller_id, a.processor_id, 'accepted', 'carried_over', now()
  from processing_agreement a join organisation o on o.id = a.controller_id
 where o.claimed_at is not null;

-- The office with the oldest agreement keeps the register that there is.
update organisation o
   set made_by = (select a.processor_id from processing_agreement a where a.controller_id = o.id order by a.id limit 1)
 where o.claimed_at is null;
-- One that is in use was made by an office when it is no older than its oldest agreement: a stranger may have opened
-- it.
update organisation o set made_by = a.processor_id
  from (select distinct on (controller_id) controller_id, processor_id, created_at from processing_agreement
         order by controller_id, created_at, id) a
 where a.controller_id = o.id and o.claimed_at is not null and a.created_at <= o.created_at;
do $$
declare
  sharing record;
  own uuid;
begin
  for sharing in
    select a.processor_id as office, o.id as register, o.kvk_number, max(a.controller_name) as name
      from processing_agreement a join organisation o on o.id = a.controller_id
     where o.claimed_at is null and o.made_by <> a.processor_id
     group by a.processor_id, o.id, o.kvk_number order by o.id, min(a.id::text)
  loop
    own := register_of(sharing.office, sharing.kvk_number, sharing.name);
    perform move_register(sharing.office, sharing.register, own);
    perform record_across(own, 'organisation', own, 'register.split', null, null, null, null,
                          jsonb_build_object('from_register', sharing.register));
    perform record_across(sharing.office, 'organisation', sharing.office, 'register.split', null, null, null, null,
      jsonb_build_object('clients', (select jsonb_agg(distinct a.client_number) from processing_agreement a
                                      where a.processor_id = sharing.office and a.controller_id = own)));
  end loop;
end $$;
select record_across(organisation_id, 'organisation', organisation_id, 'office.admitted', null, null, 'operator', null,
                     jsonb_build_object('most_clients', null, 'note', note)) from admission;
select record_across(c.controller_id, 'organisation', c.controller_id, 'consent.accepted', null, null, null, null,
                     jsonb_build_object('processor', p.name, 'how', 'carried_over'))
  from consent c join organisation p on p.id = c.processor_id;
select chain_history('[]');
reset role;
