-- Whoever assessed does not approve either, and sends nothing: definition 3. Runs of before end as they began.
insert into four_eyes (workflow, since, step, other) values
  ('ap_notification', 3, 'approve', 'assess'),
  ('ap_notification', 3, 'submit', 'assess');

-- A key is nobody: what a decision rests on is done by a person who is logged in. So no key is a second pair of eyes.
alter table api_token no force row level security;
alter table api_token drop constraint api_token_scopes_check;
create function acts_of_a_person() returns text[] language sql immutable as $$
  select array['assess', 'draft', 'recipients', 'text', 'answer_form', 'move_term', 'see_changes', 'approve', 'submit',
               'release', 'break_glass', 'review_broken_glass', 'appoint_deputy', 'see_to_people', 'see_to_tokens',
               'see_to_provider', 'see_to_keys', 'see_to_processors']
$$;
update api_token set revoked_at = coalesce(revoked_at, now()), revoked_by = coalesce(revoked_by, made_by),
                     scopes = array['read']
 where scopes <@ acts_of_a_person();
update api_token set scopes = array(select s from unnest(scopes) s where s <> all (acts_of_a_person()))
 where scopes && acts_of_a_person();
alter table api_token add constraint api_token_scopes_check
  check (cardinality(scopes) > 0 and not scopes && acts_of_a_person());
alter table api_token force row level security;

-- What an approval rests on, part by part, and what was sent; who changed what is to be approved since the draft.
alter table breach add column approved_on jsonb, add column sent_as jsonb,
  add column prepared_by uuid[] not null default '{}';
alter table notice add column approved_on jsonb;

create function approve_unprepared() returns trigger language plpgsql as $$
begin
  if (tg_op = 'INSERT' or old.state <> 'done') and exists (
      select from run r join breach b on b.organisation_id = r.organisation_id and b.id = r.subject_id
       where r.organisation_id = new.organisation_id and r.id = new.run_id
         and b.prepared_by && array_remove(array[new.done_by, new.done_for], null))
     and not exists (select from broken_glass g
                      where g.organisation_id = new.organisation_id and g.run_id = new.run_id
                        and g.step = new.name and g.by_user = new.done_by and g.created_at = now()) then
    raise exception 'who prepared this does not approve it' using errcode = 'check_violation', constraint = 'four_eyes';
  end if;
  return new;
end $$;
create trigger approved_by_another before insert or update on step
  for each row when (new.kind = 'human' and new.name = 'approve' and new.state = 'done'
                     and new.outcome is distinct from 'returned' and current_user <> 'meldketen_door')
  execute function approve_unprepared();

-- Mail to people always has a second person: of one notice, at most one of approving and releasing is done alone.
create function keep_a_second_person() returns trigger language plpgsql as $$
begin
  if exists (select from run r where r.organisation_id = new.organisation_id and r.id = new.run_id
                and r.workflow = 'bulk_notice')
     and (exists (select from broken_glass g where g.organisation_id = new.organisation_id and g.run_id = new.run_id
                     and g.step <> new.step)
          or new.step = 'release' and exists (
             select from step s where s.organisation_id = new.organisation_id and s.run_id = new.run_id
                and s.name = 'approve' and s.state = 'done' and s.outcome is null
                and array[s.done_by, s.done_for] && array_remove(array[new.by_user, new.by_for], null))) then
    raise exception 'mail to people has a second person' using errcode = 'check_violation',
      constraint = 'second_person';
  end if;
  return new;
end $$;
create trigger second_person before insert on broken_glass
  for each row when (current_user <> 'meldketen_door') execute function keep_a_second_person();
