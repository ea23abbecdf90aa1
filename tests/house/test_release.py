"""A release lets the app's role in, whatever the host calls it."""

from dataclasses import replace

from alembic.config import Config as Alembic
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text

from migrations.release import FOLDER
from service import create_app
from service.embedded.servers import Embedded
from service.health.readiness import head_of_this_build
from service.release import release
from tenants.database import db
from tests.conftest import BASE_URL, SANDBOX_URL


def test_a_role_of_another_name_may_act_as_the_app_and_no_more(servers: Embedded):
    name = "release_lets_in"
    servers.new_database(name)
    config = servers.config(BASE_URL, SANDBOX_URL, database=name)
    other = make_url(config.database_url).set(username="houses_own_role", password="a pass'word")
    config = replace(config, database_url=other.render_as_string(hide_password=False))
    try:
        release(config)
        release(config)  # a second release finds everything there
        with create_app(config).app_context():
            assert db.session.scalar(text("select current_user")) == "houses_own_role"
            assert db.session.scalar(text("select count(*) from breach")) == 0
            db.session.remove()
            db.engine.dispose()
    finally:
        servers.drop_database(name)


def test_the_newest_migration_by_its_file_is_the_one_that_alembic_ends_at():
    scripts = Alembic()
    scripts.set_main_option("script_location", str(FOLDER))
    assert head_of_this_build() == ScriptDirectory.from_config(scripts).get_current_head()
