"""How many typing errors lie between two words. Standard library only."""

from itertools import takewhile


def allowed_errors(word: str) -> int:
    """Return how many errors are forgiven in a word of this length: one from 4 letters on, two from 8."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def errors_between(typed: str, word: str, most: int) -> int:
    """Return how many errors (a letter that is wrong, missing, too many, or two that changed places) make one word of
    the other; most + 1 when there are more than `most`."""
    if abs(len(typed) - len(word)) > most:
        return most + 1
    typed, word = _where_they_differ(typed, word)
    typed, word = _where_they_differ(typed[::-1], word[::-1])
    before: list[int] = []
    last = list(range(len(word) + 1))
    for row, sign in enumerate(typed, 1):
        now = [row]
        for column, other in enumerate(word, 1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (sign != other))
            if before and column > 1 and sign == word[column - 2] and typed[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return min(last[-1], most + 1)


def _where_they_differ(typed: str, word: str) -> tuple[str, str]:
    """Return both from the first sign on in which they differ."""
    same = sum(1 for _ in takewhile(lambda signs: signs[0] == signs[1], zip(typed, word, strict=False)))
    return typed[same:], word[same:]
