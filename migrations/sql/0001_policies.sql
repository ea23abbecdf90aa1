-- Row-level security. The sub-select is computed once a query; the bare call once a row.
do $$
declare
  me constant text := '(select nullif(current_setting(''app.organisation'', true), '''')::uuid)';
  t text;
begin
  foreach t in array array['organisation_key', 'register_counter', 'incident', 'incident_client', 'breach', 'notice',
    'history',
      'run', 'step', 'clock', 'mail_batch', 'recipient', 'mail_event', 'idempotent_answer'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy owned on %I to meldketen_app using (organisation_id = %s) '
      'with check (organisation_id = %s)', t, me, me);
    execute format('create policy door on %I to meldketen_door using (true) with check (true)', t);
    execute format('grant select, insert on %I to meldketen_app', t);
    execute format('grant select, insert, update on %I to meldketen_door', t);
  end loop;
  foreach t in array array['processing_agreement', 'agreed_service', 'escalation'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy both_read on %I for select to meldketen_app '
      'using (processor_id = %s or controller_id = %s)', t, me, me);
    execute format('create policy processor_writes on %I for update to meldketen_app using (processor_id = %s) '
      'with check (processor_id = %s)', t, me, me);
    execute format('create policy door on %I to meldketen_door using (true) with check (true)', t);
    execute format('grant select on %I to meldketen_app', t);
    execute format('grant select, insert, update on %I to meldketen_door', t);
  end loop;
  execute 'alter table organisation enable row level security';
  execute 'alter table organisation force row level security';
  execute format('create policy itself on organisation to meldketen_app using (id = %s) with check (id = %s)', me, me);
  execute 'create policy door on organisation to meldketen_door using (true) with check (true)';
end $$;
grant select, update on organisation to meldketen_app;
grant select, insert, update on organisation to meldketen_door;
grant update on register_counter, breach, notice, run, step, clock, mail_batch, recipient,
  idempotent_answer to meldketen_app;
grant delete on recipient to meldketen_app;            -- a list that was uploaded wrongly, before anybody approved it
grant update on processing_agreement, escalation to meldketen_app;
grant select, insert, update on app_user, membership, login_session, invitation to meldketen_app;
grant delete on membership to meldketen_app;
grant select on app_user, membership to meldketen_door;
