-- A term that ends while nobody is there, or of which a reminder comes then, has more moments than four.
alter table turn_mail drop constraint turn_mail_occasion_check, add check (occasion >= 0);
