-- People on a notice's list whom no mail goes to: they have no address of their own and are told in another way.
insert into mail_state (name, rank, on_the_way, awaits_event, not_reached) values
  ('no_address', 7, false, false, true);
alter table recipient drop constraint recipient_state_check;
alter table recipient add constraint recipient_state_check check (state in
  ('planned', 'unknown', 'accepted', 'processed', 'deferred', 'unconfirmed', 'delivered', 'bounced', 'dropped',
    'rejected', 'no_address'));
drop function notice_with_code(text);
