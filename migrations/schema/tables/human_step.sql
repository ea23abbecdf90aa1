grant select on human_step to meldketen_app;
grant select on human_step to meldketen_door;
