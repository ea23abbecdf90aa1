grant select on token_scope to meldketen_app;
grant select on token_scope to meldketen_door;
