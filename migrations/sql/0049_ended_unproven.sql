-- A register that nobody proved ends its office: the contacts that led there wait for the office's word, as where the
-- operator closes it (0043). And an organisation's own earlier register puts its receipts in no doubt.

-- As in 0024; new: from a register without proof the contacts come with a doubt, and whoever was not told there yet is
-- called. What was said in it by telephone or letter, or delivered before, stays: the register itself stays as it is.
create or replace function leave_register(office uuid, controller uuid) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  fresh uuid;
  is_proven boolean;
  moved uuid[];
begin
  select o.verified_at is not null, register_of(office, o.kvk_number, (select a.controller_name
           from processing_agreement a
          where a.processor_id = office and a.controller_id = controller order by a.id desc limit 1))
    into is_proven, fresh from organisation o
   where o.id = controller and exists (select from processing_agreement a
                                        where a.processor_id = office and a.controller_id = controller);
  if fresh is null then return; end if;
  update agreed_service set controller_id = fresh where processor_id = office and controller_id = controller;
  moved := array(select a.id from processing_agreement a
                  where a.processor_id = office and a.controller_id = controller order by a.id);
  if is_proven then
    update processing_agreement set controller_id = fresh where processor_id = office and controller_id = controller;
  else
    perform lock_between(office, controller);
    perform lead_with_doubt(office, controller, fresh, came_through(office, controller));
    update escalation set call_needed_at = coalesce(call_needed_at, now())
     where processor_id = office and controller_id = controller and informed_at is null;
  end if;
  insert into history_pending (organisation_id, entry)
  select fresh, row(fresh, 'agreement', a.id, 'agreement.registered', null, null, 'processor', null, null, null,
                    jsonb_build_object('by', o.name, 'client_number', a.client_number,
                                       'in_force_from', a.in_force_from),
                    null, null, null)::history_entry
    from processing_agreement a join organisation o on o.id = office
   where a.processor_id = office and a.id = any (moved) order by a.id;
end $$;

-- As in 0043; new: a register all of whose owners are owners here too, whose seats count, is this organisation's own.
-- One shared owner is not enough: a stranger may have let somebody from here in as an owner there.
create or replace function is_in_doubt(office uuid, register uuid) returns boolean language sql stable
  set search_path = public, pg_temp as $$
  select exists (
    select from organisation me join organisation o on o.kvk_number = me.kvk_number and o.id <> me.id
     where me.id = register and o.claimed_at is not null and o.verified_at is null and o.joined_into is null
       and exists (select from membership m where m.organisation_id = o.id)
       and (not exists (select from membership m where m.organisation_id = o.id and m.role = 'owner')
            or exists (select from membership m
                        where m.organisation_id = o.id and m.role = 'owner'
                          and not exists (select from membership mine
                                           where mine.organisation_id = me.id and mine.user_id = m.user_id
                                             and mine.role = 'owner' and coalesce(mine.counts_from, now()) <= now())))
       and (o.made_by = office
            or exists (select from consent c where c.controller_id = o.id and c.processor_id = office)))
$$;
