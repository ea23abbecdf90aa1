grant select on four_eyes to meldketen_app;
grant select on four_eyes to meldketen_door;
