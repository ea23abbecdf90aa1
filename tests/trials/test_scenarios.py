"""Every named scenario exists, in the words of the vocabulary."""

import pytest

from service.schemas.facts import FactsSchema
from service.story.scenarios import UnknownScenario, scenario, scenarios
from workflows.law.vocabulary import refuse_unknown_facts

NAMES = {
    "lost-backup", "lost-phone", "portal-shows-others", "network-hacked-ransom", "lost-1500", "mail-to-mailing-list",
    "extranet-credentials", "tax-returns-hacked", "lost-laptop", "portal-hacked", "virus-passed-on", "wrong-attachment",
    "network-intrusion", "phishing-ransomware",
}  # fmt: skip


def test_all_fourteen_can_be_named() -> None:
    assert set(scenarios()) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_scenario_is_an_incident_in_our_words(name: str) -> None:
    incident = scenario(name)
    refuse_unknown_facts(incident.facts)
    assert FactsSchema().load(incident.facts) == incident.facts
    assert incident.facts["nature"] and incident.facts["groups"]
    texts = (incident.title, incident.description, incident.cause, incident.consequences, incident.measures)
    assert all(text.strip() == text and text for text in texts)
    assert "id" not in incident.as_incident()


def test_an_unknown_one_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownScenario, match="There is no story 'x'; there are: lost-backup"):
        scenario("x")
