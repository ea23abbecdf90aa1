-- What was there: chains get their secret; an entry says where tags begin, and one which key signs. As the tables'
-- owner, who looks past no policy.
do $$
declare
  t text;
  entries history_entry[];
begin
  foreach t in array array['organisation', 'history', 'history_head', 'history_person', 'history_personal',
    'history_seal', 'breach',
      'signing_key'] loop
    execute format('alter table %I no force row level security', t);
  end loop;
  insert into history_seal (organisation_id, sealed_from) select organisation_id, seq + 1 from history_head;
  select array_agg(row(x.organisation_id, 'organisation', x.organisation_id, x.what, null, null, null, null, null,
      null, x.details, null,
                       null, null)::history_entry order by x.what)
    into entries
    from (select organisation_id, 'history.sealed' as what, jsonb_build_object('entries', seq) as details
        from history_head where seq > 0
          union all
          select organisation_id, 'signing_key.begun', jsonb_build_object('key', encode(id, 'hex'), 'public_key',
              encode(public_key, 'hex'))
            from signing_key where ended_at is null) x;
  if entries is not null then
    perform chain_entries(entries);
  end if;
  foreach t in array array['organisation', 'history', 'history_head', 'history_person', 'history_personal',
    'history_seal', 'signed_head',
      'breach', 'signing_key'] loop
    execute format('alter table %I force row level security', t);
  end loop;
end $$;
