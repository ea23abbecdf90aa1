grant select, insert, update on password_reset to meldketen_app;
grant select, update, delete on password_reset to meldketen_door;
