grant select, insert, update, delete on login_attempt to meldketen_app;
grant select, update, delete on login_attempt to meldketen_door;
