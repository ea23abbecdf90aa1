-- The Chamber of Commerce number that the office typed for a client: its own statement, whatever is proven. It is
-- written when the agreement is made, and does not change. Null for the client of tests, and where it is not known that
-- the office typed it.
alter table processing_agreement add column kvk_number_stated text check (kvk_number_stated ~ '^[0-9]{8}$');
