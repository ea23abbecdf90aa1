-- Several people at one address get one mail that greets them all: one row is mailed, the others name it and follow its
-- state. No foreign key: it would ask about each row of a list that is replaced, and a list goes and stays whole.
alter table recipient add column mailed_with uuid;
alter table recipient add check (mailed_with is null or (purpose = 'notice' and batch_id is not null));
create index recipient_mailed_with on recipient (organisation_id, mailed_with) where mailed_with is not null;
