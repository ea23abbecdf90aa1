-- Settings of an organisation, and the function and telephone number of a person who reports to the authority.
-- Each column holds what somebody typed; null is: not said yet.
alter table organisation
  add column trade_names text check (is_long_text(trade_names)),  -- one on each line
  add column visiting_street text check (is_one_line(visiting_street)),
  add column visiting_postcode text check (is_one_line(visiting_postcode)),
  add column visiting_town text check (is_one_line(visiting_town)),
  add column visiting_country text check (is_one_line(visiting_country)),  -- null: the Netherlands
  add column postal_street text check (is_one_line(postal_street)),
  add column postal_postcode text check (is_one_line(postal_postcode)),
  add column postal_town text check (is_one_line(postal_town)),
  add column postal_country text check (is_one_line(postal_country)),
  add column sector text check (is_one_line(sector)),
  add column size text check (size = any (array['micro', 'sme', 'large', 'other'])),
  add column without_fg boolean not null default false,  -- true: it said that it has no data protection officer
  add column fg_phone text check (is_one_line(fg_phone)),
  add column sender_name text check (is_one_line(sender_name)),
  add column reply_address text check (is_one_line(reply_address)),
  add column reply_confirmed_at timestamptz,  -- null: nobody who reads mail there confirmed it, so it is not used
  add column reply_link_hash bytea,           -- of the newest mailed link
  add column reply_link_ends_at timestamptz,
  add column closed_weekdays smallint[] not null default '{}'
    check (closed_weekdays <@ '{1,2,3,4,5,6,7}'::smallint[]),  -- 1 is Monday
  add column closed_periods jsonb not null default '[]' check (jsonb_typeof(closed_periods) = 'array'),
  add column settings_version integer not null default 1,
  add constraint fg_or_none check (not (without_fg and coalesce(fg_name, fg_email, fg_phone, fg_number) is not null)),
  add constraint reply_confirmed check (reply_confirmed_at is null or reply_address is not null);
create unique index organisation_reply_link on organisation (reply_link_hash) where reply_link_hash is not null;

alter table app_user
  add column function text check (is_one_line(function)),
  add column phone text check (is_one_line(phone));
