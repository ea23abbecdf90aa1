"""Redis or Valkey: does it answer, and does it keep what it is given?"""

from collections.abc import Iterator

from redis.exceptions import RedisError

from service.config import Config
from service.doctor.findings import Finding, ok, unknown, wrong
from workflows.running.rq_hints import connected

KEEPS = "noeviction"


def check_queue(config: Config) -> Iterator[Finding]:
    """Ask for the settings of the memory; managed servers tell those where they refuse CONFIG."""
    try:
        with connected(config.redis_url) as connection:
            connection.ping()
            memory = connection.info("memory")
    except RedisError as fault:
        yield wrong("queue.unreachable", fault=type(fault).__name__)
        return
    policy = str(memory.get("maxmemory_policy", ""))
    if not policy:
        yield unknown("queue.policy_unknown")
    elif policy == KEEPS:
        yield ok("queue.answers")
    else:
        yield wrong("queue.evicts", policy=policy)
