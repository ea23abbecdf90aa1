-- Who vouches for a register, and how sure it is whose it is. What an organisation states about another is a statement.
alter table organisation
  add column made_by uuid references organisation,       -- the office that registered this client; null: founded itself
  -- its owner goes on in that other register; this one is read only
  add column joined_into uuid references organisation,
  add column verified_at timestamptz,                    -- null: nobody has proven whose register this is
  add column verified_how text check (verified_how in ('letter', 'operator', 'provider')),
  add column verified_note text,
  add constraint verified_says_how check ((verified_at is null) = (verified_how is null)),
  add constraint joined_into_another check (joined_into <> id);
