"""Properties of the law are tried without a limit of time: a busy machine says nothing about the law."""

from hypothesis import HealthCheck, settings

settings.register_profile("law", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("law")
