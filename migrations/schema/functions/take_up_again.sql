-- Takes up breaches in a register where they stood before: its own people continue with what they have. Where nobody
-- continues (it is unclaimed, or was closed) they begin anew as the office stated them. The clock that ran last runs.
-- A delivery by mail does not come along; what was decided there is shown at the office.
create or replace function take_up_again(office uuid, old_register uuid, register uuid, breaches uuid[]) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  update breach b set acknowledged_at = null, version = b.version + 1,
      (stated_aware_at, stated_aware_how, stated_by) = (
        select case when s.is_newer then o.stated_aware_at else b.stated_aware_at end,
               case when s.is_newer then o.stated_aware_how else b.stated_aware_how end,
               case when s.is_newer then o.stated_by else b.stated_by end
          from (select b.stated_aware_at is null and stays_told(o.stated_aware_how) as is_newer) s)
    from breach o
   where b.organisation_id = register and b.id = any (breaches) and o.organisation_id = old_register and o.id = b.id;
  perform open_anew(office, register, array(select b.id from breach b join organisation o on o.id = b.organisation_id
    where b.organisation_id = register and b.id = any (breaches) and (o.claimed_at is null or not exists (
      select from run r where r.organisation_id = register and r.subject_id = b.id and r.workflow = 'ap_notification'
                          and r.state <> 'cancelled'))));
  perform count_as_stated(register, breaches);
  perform show_decisions(office, register, breaches);
  insert into history_pending (organisation_id, entry)
  select register, row(register, 'breach', b.id, 'breach.taken_up_again', null, null, 'processor', null, null, null,
    jsonb_build_object('by', b.processor_name), null, null, null)::history_entry
    from breach b where b.organisation_id = register and b.id = any (breaches) order by b.id;
end $$;

revoke execute on function take_up_again(uuid, uuid, uuid, uuid[]) from public;
grant execute on function take_up_again(uuid, uuid, uuid, uuid[]) to meldketen_door;
