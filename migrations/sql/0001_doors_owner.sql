-- The doors belong to meldketen_door; only the app may use them.

do $$
declare door text;
begin
  grant create on schema public to meldketen_door;
  foreach door in array array['memberships_of(uuid)', 'found_organisation(text,text,text)', 'register_clients(jsonb)',
      'open_escalations(uuid,jsonb,jsonb)', 'controllers_informed(jsonb)', 'acknowledge_receipt(uuid,text)',
      'report_decision(uuid,text)', 'record_mail_events(jsonb)', 'sweep(integer)',
        'organisations_with_due_clocks(integer)',
      'notice_with_code(text)'] loop
    execute format('alter function %s owner to meldketen_door', door);
    execute format('revoke execute on function %s from public', door);
    execute format('grant execute on function %s to meldketen_app', door);
  end loop;
  revoke create on schema public from meldketen_door;
end $$;
