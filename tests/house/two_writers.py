"""The forms that bring the answers of two people together. tests/pages/test_every_button.py walks them all."""

MERGES = {
    "ap_form.html": "Answers of both stand; tests/pages/test_two_people.py",
    "supplement.html": "Facts of both stand; tests/pages/test_two_people.py",
    "term.html": "Seen first, then both stand; tests/pages/test_two_judge.py",
    "awareness.html": "Seen first, then both stand; tests/pages/test_two_judge.py",
    "assessment_last.html": "Seen first, then both stand; tests/pages/test_two_judge.py",
    "client_contacts.html": "Different rows of both stand; tests/pages/test_two_change_contacts.py",
    "settings.html": "Different settings of both stand; tests/pages/test_settings.py",
}
"""Different answers of both stand; where both changed the same one, both are shown and a person chooses."""
MERGED_STEPS = {("ap_notification", "assess"), ("ap_notification", "draft"), ("bulk_notice", "text")}
"""Steps of a person, whose form is the template of that step."""
