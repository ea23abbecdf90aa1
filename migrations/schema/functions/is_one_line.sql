-- Returns whether a text is one line without invisible characters: controls, marks of direction, what has no width.
-- A joiner within a picture, such as that of a family, is part of what is seen. It is the rule of tenants/lines.py. It
-- does not check that a text is composed (NFC): PostgreSQL and Python may know different versions of Unicode.
create or replace function is_one_line(line text) returns boolean language sql immutable parallel safe as $$
  select line !~ (
    '[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160'
    '\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f'
    '\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f]'
    '|(?<![\u2190-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d'
    '|\u200d(?![\u2190-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff])')
$$;
