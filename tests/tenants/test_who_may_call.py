"""Who may call each function of the database: the table of it, so that no grant is added unseen.

A trigger function is left out: nobody can call one.
"""

from collections import defaultdict

from tests.conftest import Database
from tests.tenants.escalating import OPERATORS_DOORS

FUNCTIONS = """
    select p.proname as name, pg_get_userbyid(p.proowner) as owner, p.prosecdef as is_door,
           array(select case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end
                   from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                  where a.grantee <> p.proowner order by 1) as callers
      from pg_proc p
     where p.pronamespace = 'public'::regnamespace and p.prorettype <> 'trigger'::regtype
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')"""
"""Those of an extension are left out."""
APP, DOOR = "meldketen_app", "meldketen_door"
DOORS_OF_THE_APP = """
    acknowledge_receipt allow_links answer_processor asked_of_me begin_first_owner carry_heads chain_history
    change_agreement clients_held_back clients_with_numbers contacts_at_offices end_agreement rename_client
    check_name_by_operator claim_register confirm_waiting controllers_informed count_mails drop_turn_mail end_lapsed
    end_lapsed_files end_first_steps engine_state
    forget_person forget_personal found_organisation head_is_outside heads_held_of_me heads_that_i_hold
    heads_waiting holder_of_token index_pending is_set_up make_test_client
    join_register keep_signed_head let_mail_of_today_go limit_mail master_keys_in_use
    memberships_of my_proof my_test_register note_turn_mail notice_with_code open_definitions
    messages_above open_escalations open_incident_again
    open_verification_letter organisation_of_reply_link
    office_of_contact_link offices_with_contacts_to_ask
    organisations_to_rewrap organisations_with_due_clocks organisations_with_history people_with_turn_mail
    places_with_turn_mail
    processors_of_mine proofs_among provider_at record_mail_events register_clients registered_by registers_to_join
    release_held_mail release_verified_mail remember_contact remember_elsewhere rename_by_operator report_decision
    requests_in_full
    reseal_personal seats_of set_up_link_opens set_up_with_link
    sweep take_back_breaches take_back_clients take_back_informing take_heads_to_carry take_heads_to_sign take_turn_mail
    verify_by_letter verify_by_operator verify_by_provider withdraw_verification
"""
"""A door does for the caller what its own rights do not reach: each of these asks who acts."""
PARTS_OF_DOORS = """
    agreements_stated apply_mail_events as_one_name begin_clock begin_elsewhere came_through can_be_answered
    chain_entries close_alone close_dossiers controllers_hit count_as_stated count_to_inform
    describe_as_registered drop_reminders has_living_seat
    end_notices forget_deliveries free_lapsed fresh_check_code is_admitted is_contact_between is_decided_alone
    is_in_doubt joined_with keep_words
    lead_all_elsewhere lead_elsewhere lead_with_doubt leads_here leave_news leave_register let_go lock_between
    lock_for_release make_registers mark_contacts mark_verified may_count may_write_about messages_of move_dossiers
    move_glass move_notices move_register note_contact_mail note_receipt note_what_is_due
    numbered_hits open_anew own_agreement refuse_overlap tell_client open_breaches open_breaches_anew
    open_dossiers open_run_anew open_stated_run open_word_to_own_people organisations_with_work outcome_of
    part_offices proof_of receipts_of_proven record_across register_led_to register_of registers_of rests_on_office
    set_run_apart show_decisions somebody_acted standing_in state_breaches
    stays_told stop_counting take_up take_up_again tell_of_proof
    tell_offices_of_verification undo_of_strangers unheard_clocks wait_for_receipt_again waiting_registers
    word_of_led word_of_waiting word_to_asked
"""
"""These trust what they are told: a door calls them after it asked who acts."""
FOR_EVERYBODY = """
    acting_organisation breach_standing contact_phones contact_words contacts_are_lines erasing_purpose factor_waits
    history_chained history_diagnosis history_form history_hash history_leaf history_step history_subject history_tag
    history_text
    is_decision is_long_text is_one_line register_hash register_moment register_text relied_on review_waits
    seat_waits start_of_mail_day wake_steps words_of words_of_subjects wrapped_under
"""
"""These do no more than the rights of whoever calls them."""
OF_THE_APP_ALONE = {"first_own_acts", "role_held"}


def test_each_function_has_the_owner_and_the_callers_of_the_table(database: Database) -> None:
    callers: dict[tuple[str, bool, tuple[str, ...]], set[str]] = defaultdict(set)
    for row in database.outside(FUNCTIONS):
        callers[(row["owner"], row["is_door"], tuple(row["callers"]))].add(row["name"])
    assert callers == {
        (DOOR, True, (APP,)): set(DOORS_OF_THE_APP.split()),
        (DOOR, True, ("meldketen_owner",)): set(OPERATORS_DOORS),
        ("meldketen_owner", False, (DOOR,)): set(PARTS_OF_DOORS.split()),
        ("meldketen_owner", False, ("public",)): set(FOR_EVERYBODY.split()),
        ("meldketen_owner", False, (APP,)): OF_THE_APP_ALONE,
    }
