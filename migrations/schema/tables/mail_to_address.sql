grant select, insert, update, delete on mail_to_address to meldketen_door;
