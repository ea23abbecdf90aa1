"""The form of the columns of a file, as it stands on its page."""

import re


def chosen_on(page: str) -> dict[str, str]:
    """The form of the columns as it stands on its page: hidden fields, what is selected, and what is ticked."""
    hidden = dict(re.findall(r'type="hidden" name="((?:columns|orders)\.[^"]+)" value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        selected = re.search(r'value="([^"]*)"\s+selected', options)
        hidden[name] = selected[1] if selected else ""
    ticked = re.findall(r'type="radio"[^>]* name="([^"]+)" value="([^"]*)"\s+checked', page)
    rows = re.search(r'name="headings_row"[^>]*\s+value="([^"]*)"', page)
    return hidden | dict(ticked) | {"headings_row": rows[1] if rows else ""}
