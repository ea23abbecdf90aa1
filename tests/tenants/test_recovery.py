"""Recovery codes: ten, once each, and only the newest ten. Mailed links for a new password: one hour, once."""

from uuid import UUID

import pytest

from tenants.errors import NotFound
from tenants.identity.mailed_links import cancel_resets, new_reset, use_reset, user_of_reset
from tenants.identity.recovery import new_recovery_codes, recovery_codes_left, remove_recovery_codes, use_recovery_code
from tenants.isolation import acting_for_nobody
from tests.conftest import Database
from tests.factories import a_user


def codes_of(user: UUID) -> list[str]:
    with acting_for_nobody():
        return new_recovery_codes(user)


def used(user: UUID, code: str) -> bool:
    with acting_for_nobody():
        return use_recovery_code(user, code)


def left(user: UUID) -> int:
    with acting_for_nobody():
        return recovery_codes_left(user)


def test_each_code_works_once(database: Database):
    user = a_user().id
    codes = codes_of(user)
    assert len(set(codes)) == 10 == left(user)
    assert used(user, codes[3]) and not used(user, codes[3]) and left(user) == 9


def test_how_a_code_is_written_does_not_matter(database: Database):
    user = a_user().id
    first, two, *_ = codes_of(user)
    assert used(user, first.upper()) and used(user, f" {two.replace('-', ' ')} ")
    assert not any(used(user, typed) for typed in ("", "-", "x" * 5000, "aaaa-aaaa-aaaa-aaaa"))


def test_a_code_is_of_one_person(database: Database):
    mine, theirs = a_user().id, a_user().id
    assert not used(theirs, codes_of(mine)[0])


def test_new_codes_replace_the_old_ones(database: Database):
    user = a_user().id
    old, new = codes_of(user), codes_of(user)
    assert left(user) == 10 and not used(user, old[0]) and used(user, new[0])
    with acting_for_nobody():
        remove_recovery_codes(user)
    assert left(user) == 0 and not used(user, new[1])


def test_of_two_with_the_same_code_one_is_let_in(database: Database):
    user = a_user().id
    code = codes_of(user)[0]
    with acting_for_nobody():
        assert use_recovery_code(user, code)
        other = database.elsewhere(used, user, code)
        database.wait_until_blocked()
    assert other.result(10) is False


def test_the_codes_themselves_are_not_kept(own_database: Database):
    codes = codes_of(a_user().id)
    kept = str(own_database.outside("select recovery_code::text, encode(code_hash, 'escape') from recovery_code"))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def reset_for(user: UUID) -> str:
    with acting_for_nobody():
        return new_reset(user)


def whose(token: str) -> UUID:
    with acting_for_nobody():
        return user_of_reset(token)


def test_a_mailed_link_works_once(database: Database):
    user = a_user().id
    token = reset_for(user)
    assert whose(token) == user == whose(token)
    with acting_for_nobody():
        assert use_reset(token) == user
    with pytest.raises(NotFound):
        whose(token)
    with acting_for_nobody(), pytest.raises(NotFound):
        use_reset(token)


@pytest.mark.parametrize("why", ["expires_at = now()", "used_at = now()"])
def test_a_link_that_lapsed_or_was_used_opens_nothing(own_database: Database, why: str):
    token = reset_for(a_user().id)
    own_database.outside(f"update password_reset set {why}")
    with pytest.raises(NotFound, match=r"reset\.unknown"):
        whose(token)
    with acting_for_nobody(), pytest.raises(NotFound, match=r"reset\.unknown"):
        use_reset(token)


def test_a_link_lasts_an_hour_and_only_its_hash_is_kept(own_database: Database):
    token = reset_for(a_user().id)
    asked = "select expires_at - now() as lasts, password_reset::text as whole from password_reset"
    [row] = own_database.outside(asked)
    assert 3590 < row["lasts"].total_seconds() <= 3600 and token not in row["whole"]


def test_a_new_password_ends_earlier_links_and_asking_again_keeps_them(database: Database):
    user = a_user().id
    first, second, of_another = reset_for(user), reset_for(user), reset_for(a_user().id)
    assert whose(first) == whose(second)
    with acting_for_nobody():
        cancel_resets(user)
    assert whose(of_another) != user
    for token in (first, second, "guessed", ""):
        with pytest.raises(NotFound):
            whose(token)
