"""Routes whose addresses are made by code that is compiled at the first address, not at the start.

An app has hundreds of routes, and compiling for all of them took nine tenths of the time in which an app is made.
"""

from collections.abc import Callable

from werkzeug.routing import Rule


class LateRule(Rule):
    """A route that compiles what builds its addresses when the first one is asked for."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def at_first(_rule: Rule, /, **values: object) -> tuple[str, str]:
            build = Rule._compile_builder(self, append_unknown)
            setattr(self, "_build_unknown" if append_unknown else "_build", build.__get__(self, None))
            return build(self, **values)

        return at_first
