"""A command finds the installation that `up` keeps in a folder, or says in one line why not."""

from pathlib import Path

import pytest

from service.config import ConfigError
from service.embedded.servers import temporary_servers
from service.running.installation import config_of


def test_a_running_installation_is_found_by_its_folder():
    with temporary_servers() as servers:
        folder, config = servers.folder.path, config_of(servers.folder.path)
        assert (config.database_url, config.redis_url) == (servers.addresses().app_url, servers.addresses().redis_url)
        assert config.master_key == servers.keys.master_key
        servers.stop()
        with pytest.raises(ConfigError, match="Nothing runs on"):
            config_of(folder)


def test_a_folder_without_an_installation_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match="No installation in"):
        config_of(tmp_path)
