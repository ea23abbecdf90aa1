-- When a clock process looks whether everybody on a notice's list is accounted for. Those that there are get a look at
-- once: the
-- default stands for a moment only.
alter table notice add column look_at timestamptz default now();
alter table notice alter column look_at drop default;
create index notice_to_look_at on notice (look_at) where look_at is not null;

-- Nobody ever heard of them, and a person counts them as not reached. Whatever is heard after all goes further.
alter table recipient drop constraint recipient_state_check;
alter table recipient add constraint recipient_state_check check (state in
  ('planned', 'unknown', 'accepted', 'processed', 'deferred', 'unconfirmed', 'delivered', 'bounced', 'dropped',
    'rejected'));
create or replace function mail_state_rank(state text) returns integer language sql immutable parallel safe as $$
  select case state when 'planned' then 0 when 'unknown' then 1 when 'accepted' then 2 when 'processed' then 3
    when 'deferred' then 4
                    when 'unconfirmed' then 5 when 'delivered' then 6 else 7 end
$$;

-- The organisations where a clock process has something to say: a clock's moment has come, a step has failed, or a
-- notice's readers
-- may have gone unheard.
create or replace function organisations_with_due_clocks(most integer) returns table (organisation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select organisation_id from (select organisation_id from clock where next_at <= now() order by next_at limit most) due
  union select organisation_id from step where state = 'failed' and told_at is null
  union select organisation_id from (select organisation_id from notice where look_at <= now()
    order by look_at limit most) silent
$$;
