-- One-line text is one line, and no text holds a sign that nobody sees: controls, marks of direction, what has no
-- width. It is the rule of tenants/lines.py. That a text is composed (NFC) is not asked here: PostgreSQL and Python
-- may know different versions of Unicode.
create function is_one_line(line text) returns boolean language sql immutable parallel safe
return line !~ ('[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160'
           '\u17b4\u17b5\u180b-\u180f\u200b-\u200f'
                '\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f]');
create function is_long_text(words text) returns boolean language sql immutable parallel safe
return is_one_line(translate(words, E'\n\t', ''));
create function contacts_are_lines(contacts jsonb) returns boolean language sql immutable parallel safe
return not exists (select from jsonb_array_elements(contacts) contact, jsonb_each_text(contact) entry
                    where not is_one_line(entry.value));

-- How rows of before are cleaned. A name of invisible signs alone becomes a dash, so that somebody sees and mends it.
create function pg_temp.cleaned(words text, break_becomes text) returns text language sql as $$
  select coalesce(nullif(normalize(btrim(regexp_replace(
           regexp_replace(words, '\r\n|[\n\r\u000b\u000c\u0085\u2028\u2029]', break_becomes, 'g'),
           '[\u0001-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5'
           '\u180b-\u180f\u200b-\u200f'
           '\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f]',
           '', 'g'),
         E' \n\t'), NFC), ''), '-') where words is not null
$$;
create function pg_temp.line(words text) returns text language sql as $$
  select pg_temp.cleaned(replace(words, E'\t', ' '), ' ')
$$;
create function pg_temp.paragraphs(words text) returns text language sql as $$ select pg_temp.cleaned(words, E'\n') $$;
create function pg_temp.contacts(contacts jsonb) returns jsonb language sql as $$
  select jsonb_agg((select jsonb_object_agg(e.key, pg_temp.line(e.value)) from jsonb_each_text(contact) e) order by nth)
    from jsonb_array_elements(contacts) with ordinality as listed(contact, nth)
$$;

do $$
declare
  kept record;
  alike text;
begin
  for kept in
    select rule, cleaning, split_part(name, ' ', 1)::regclass as tab, split_part(name, ' ', 2) as col from (values
      ('is_one_line', 'line', array[
        'organisation name', 'organisation fg_name', 'organisation fg_email', 'organisation fg_number',
        'organisation verified_note', 'app_user name', 'app_user email', 'invitation email',
        'processing_agreement client_number', 'processing_agreement controller_name', 'incident title',
        'incident contact_name', 'incident contact_email', 'incident contact_phone', 'breach title',
        'breach processor_name', 'breach authority_number', 'escalation controller_name', 'escalation acknowledged_by',
        'notice subject', 'step done_by_name', 'broken_glass by_name', 'broken_glass reviewed_by_name', 'deputy reason',
        'passkey name', 'api_token name', 'identity_provider name', 'identity_provider issuer',
        'identity_provider client_id', 'login_session browser']),
      ('is_long_text', 'paragraphs', array[
        'incident description', 'incident cause', 'incident consequences', 'incident measures', 'breach description',
        'breach cause', 'breach consequences', 'breach measures', 'breach risk_reason', 'breach people_reason',
        'breach decision_reason', 'breach departure_reason', 'breach late_reason', 'notice nature', 'notice contact',
        'notice consequences', 'notice measures', 'step reason', 'broken_glass reason', 'broken_glass review']),
      ('contacts_are_lines', 'contacts', array[
        'processing_agreement contacts', 'breach contacts', 'escalation contacts'])
    ) as rules(rule, cleaning, names), unnest(names) as name
  loop
    -- The owner sees all rows for a moment. What was done stays as it was done, but for what nobody sees in it.
    execute format('alter table %s no force row level security, disable trigger user', kept.tab);
    begin
      execute format('update %s set %I = pg_temp.%I(%2$I) where not %4$I(%2$I)',
                     kept.tab, kept.col, kept.cleaning, kept.rule);
    exception when unique_violation then  -- two numbers that only an invisible sign kept apart
      if kept.col <> 'client_number' then  -- what else is one of a kind names somebody: a person must choose
        execute format('select string_agg(ids, ''; '') from (select string_agg(id::text, '' and '' order by id) as ids '
                       'from %s group by pg_temp.%I(%I) having count(*) > 1) alike',
                       kept.tab, kept.cleaning, kept.col) into alike;
        raise exception '% of % differ only in signs that nobody sees: change one of each two, then upgrade again: %',
          kept.col, kept.tab, alike;
      end if;
      execute format('update %s set %I = left(pg_temp.%I(%2$I), 31) || '' '' || right(id::text, 8) '
                     'where not %4$I(%2$I)',
                     kept.tab, kept.col, kept.cleaning, kept.rule);
    end;
    if (select relrowsecurity from pg_class where oid = kept.tab) then
      execute format('alter table %s force row level security', kept.tab);
    end if;
    execute format('alter table %s enable trigger user, add constraint %I check (%I(%I))',
                   kept.tab, kept.tab || '_' || kept.col || '_is_kept', kept.rule, kept.col);
  end loop;
end $$;
