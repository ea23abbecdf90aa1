-- Opens the acting organisation's register for its people; returns whether they are the first. With an office's link
-- they accept that office. The register of a test client stays closed. An organisation whose number was proven before
-- anybody opened the register is told from now on of the offices that ask.
create or replace function claim_register() returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me constant uuid := acting_organisation();
  office uuid;
begin
  if (select is_test from organisation where id = me) then raise check_violation
    using message = 'the register of a test client is not opened', constraint = 'test_stays_closed'; end if;
  update organisation set claimed_at = now() where id = me and claimed_at is null and joined_into is null
  returning made_by into office;
  if not found then return false; end if;
  if office is not null then
    insert into consent as c (controller_id, processor_id, state, how, answered_at)
      values (me, office, 'accepted', 'claimed', now())
    on conflict (controller_id, processor_id) do update
       set state = excluded.state, how = excluded.how, answered_at = now(), answered_by = null, ended_at = null;
    with told as (  -- a machine's step at the office, of workflows/trust/opened_register.py: its people get a mail
      insert into run (organisation_id, workflow, version, subject_id) values (office, 'opened_register', 1, me)
      on conflict (organisation_id, subject_id, workflow) do update set state = 'running', finished_at = null
      returning organisation_id, id)
    insert into step (organisation_id, run_id, name, round, kind, state)  -- each time that it is opened
    select t.organisation_id, t.id, 'tell', 1 + (select coalesce(max(s.round), 0) from step s
             where s.organisation_id = t.organisation_id and s.run_id = t.id and s.name = 'tell'), 'job', 'ready'
      from told t
     where not exists (select from step s where s.organisation_id = t.organisation_id and s.run_id = t.id
                                            and s.state in ('ready', 'running'));
    perform record_across(me, 'organisation', me, 'consent.accepted', null, null, 'controller', null,
      jsonb_build_object('processor', (select name from organisation where id = office), 'how', 'claimed'));
    perform record_across(office, 'organisation', office, 'register.claimed', null, null, 'controller', null,
      jsonb_build_object('clients', (select jsonb_agg(distinct a.client_number) from processing_agreement a
                                      where a.processor_id = office and a.controller_id = me)));
  end if;
  perform word_of_waiting(o) from organisation o where o.id = me and o.verified_at is not null;
  return true;
end $$;

alter function claim_register() owner to meldketen_door;
revoke execute on function claim_register() from public;
grant execute on function claim_register() to meldketen_app;
