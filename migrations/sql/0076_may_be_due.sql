-- Whether something may be due about a breach, kept at its row, so that an overview reads those alone; and how many
-- answers the law still asked for when its form was sent (null: nobody kept it).
alter table breach add column may_be_due boolean not null default true;
alter table breach add column questions_open integer;
-- First those whose form was read, or need not be.
create index breach_may_be_due on breach (organisation_id, (submitted_at is not null and questions_open is null), id)
  where may_be_due;
