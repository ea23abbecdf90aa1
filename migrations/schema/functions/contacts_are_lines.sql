-- Whether each value of each contact is one line.
-- contacts: [{"name", "email", "phone", ...}].
create or replace function contacts_are_lines(contacts jsonb) returns boolean language sql immutable parallel safe as $$
  select not exists (select from jsonb_array_elements(contacts) contact, jsonb_each_text(contact) entry
                      where not public.is_one_line(entry.value))
$$;
