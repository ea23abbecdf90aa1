-- Who may register clients and escalate, whose register a client gets, and which processors it accepts.
-- An operator admits offices. An office vouches for its clients: a register that nobody opened yet belongs to one
-- office and one number.

-- Written by the owner of the database alone, through decide_admission; the office's history has each decision.
create table admission (
  organisation_id uuid primary key references organisation,
  state text not null check (state in ('admitted', 'suspended')),
  most_clients integer check (most_clients > 0),       -- null: no limit
  note text not null check (length(trim(note)) > 0 and is_long_text(note)),
  at timestamptz not null default now()
);
alter table admission enable row level security;
alter table admission force row level security;
create policy owned on admission for select to meldketen_app
  using (organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid));
create policy door on admission to meldketen_door using (true) with check (true);
grant select on admission to meldketen_app;
grant select, insert, update on admission to meldketen_door;

-- Which processors a register accepts. An organisation that uses its register is asked, and it alone sees that it was
-- asked or refused.
create table consent (
  controller_id uuid not null references organisation,
  processor_id uuid not null references organisation,
  state text not null check (state in ('asked', 'accepted', 'refused', 'ended')),
  how text not null check (how in ('claimed', 'asked', 'carried_over')),
  asked_at timestamptz not null default now(),
  answered_at timestamptz,
  -- the user; null: whoever held the office's link, or carried over
  answered_by uuid,
  ended_at timestamptz,
  primary key (controller_id, processor_id),
  check ((state = 'ended') = (ended_at is not null)),
  check ((state = 'asked') = (answered_at is null))
);
create index consent_of_processor on consent (processor_id, controller_id);
alter table consent enable row level security;
alter table consent force row level security;
create policy both_read on consent for select to meldketen_app
  using (controller_id = (select nullif(current_setting('app.organisation', true), '')::uuid)
         or (state = 'accepted'
           and processor_id = (select nullif(current_setting('app.organisation', true), '')::uuid)));
create policy door on consent to meldketen_door using (true) with check (true);
grant select on consent to meldketen_app;
grant select, insert, update on consent to meldketen_door;

-- A number is what somebody typed. Whose register it is follows from who made it, and from who proved it.
alter table organisation drop constraint organisation_kvk_number_key;
create index organisation_by_number on organisation (kvk_number);
create unique index register_of_office on organisation (made_by, kvk_number)
  where claimed_at is null and joined_into is null;
-- When a register is taken into use, by whom it was made, and whether it is verified, is written through doors.
revoke update on organisation from meldketen_app;
grant update (name, fg_name, fg_email, fg_number, financial_undertaking, locale) on organisation to meldketen_app;

create function is_admitted(office uuid) returns boolean language sql stable as $$
  select exists (select from admission a where a.organisation_id = office and a.state = 'admitted')
$$;

-- An agreement leads to a register that this office made and nobody opened yet, or to one that accepted this processor.
create function keep_to_own_clients() returns trigger language plpgsql security definer set search_path = public,
  pg_temp as $$
begin
  if exists (select from changed a join organisation o on o.id = a.controller_id
              left join consent c on c.controller_id = a.controller_id and c.processor_id = a.processor_id
                and c.state = 'accepted'
              where c.state is null and (o.claimed_at is not null or o.made_by is distinct from a.processor_id)) then
    raise check_violation using message = 'an agreement with a register that did not accept this processor',
      constraint = 'register_accepts_processor';
  end if;
  return null;
end $$;
create trigger register_accepts_processor after insert on processing_agreement referencing new table as changed
  for each statement execute function keep_to_own_clients();
create trigger register_still_accepts_processor after update on processing_agreement referencing new table as changed
  for each statement execute function keep_to_own_clients();

-- Only an admitted office records that an incident hit its clients.
create function refuse_unless_admitted() returns trigger language plpgsql security definer set search_path = public,
  pg_temp as $$
begin
  if exists (select from (select distinct organisation_id from changed) c where not is_admitted(c.organisation_id)) then
    raise insufficient_privilege using message = 'this organisation is not admitted as an office';
  end if;
  return null;
end $$;
create trigger hits_of_admitted_offices after insert on incident_client referencing new table as changed
  for each statement execute function refuse_unless_admitted();
