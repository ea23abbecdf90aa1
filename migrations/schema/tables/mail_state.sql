grant select on mail_state to meldketen_app;
grant select on mail_state to meldketen_door;
