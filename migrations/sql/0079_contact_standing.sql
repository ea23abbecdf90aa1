-- What an office knows of each address that stands at a contact in one of its agreements, once however many they are.
create table contact_standing (
  organisation_id uuid not null references organisation,  -- the office
  address text not null check (address = lower(trim(address)) and address <> '' and is_one_line(address)),
  id uuid not null default uuidv7(),
  since timestamptz not null default now(),            -- it came to stand in an agreement
  next_at timestamptz default now() + interval '1 year',  -- then the clock looks at it: ask, or remind; null: never
  asked_at timestamptz,                                -- "is this still you?"
  reminded_at timestamptz check (reminded_at >= asked_at),
  token_hash bytea,                                    -- of the link in the newest mail that asks
  earlier_token_hash bytea,                            -- and of the link in the mail before the reminder
  token_expires_at timestamptz,
  confirmed_at timestamptz,                            -- a person at this address said yes, or confirmed a receipt
  says_no_at timestamptz,                              -- a person at this address said that it is not theirs any more
  successor jsonb                                      -- {"name", "email"}: whom that person names, a statement
    check (contacts_are_lines(case when successor is null then '[]' else jsonb_build_array(successor) end)),
  reached_at timestamptz,                              -- the newest mail that arrived
  bounced_at timestamptz,                              -- the newest mail that returned
  bounce_reason text,
  bounces boolean not null generated always as
    (bounced_at is not null and bounced_at >= coalesce(reached_at, '-infinity')) stored,
  works boolean not null generated always as
    (says_no_at is null and (bounced_at is null or bounced_at < coalesce(reached_at, '-infinity'))) stored,
  primary key (organisation_id, address),
  check ((token_hash is null) = (token_expires_at is null)),
  check (says_no_at is not null or successor is null)
);
create unique index contact_by_id on contact_standing (id);
create index contact_due on contact_standing (next_at) where next_at is not null;
create index contact_that_fails on contact_standing (organisation_id) where not works;
create unique index contact_by_token on contact_standing (token_hash) where token_hash is not null;
create index contact_by_earlier_token on contact_standing (earlier_token_hash) where earlier_token_hash is not null;

alter table processing_agreement no force row level security;  -- its owner sees all rows for a moment
insert into contact_standing (organisation_id, address, since, next_at)
select a.processor_id, lower(trim(c->>'email')), min(a.created_at), min(a.created_at) + interval '1 year'
  from processing_agreement a cross join jsonb_array_elements(a.contacts) c
 where trim(c->>'email') <> '' group by 1, 2;
alter table processing_agreement force row level security;

-- Whose address a mail to a contact of an agreement has; its own value is sealed.
alter table recipient add column contact_id uuid;
