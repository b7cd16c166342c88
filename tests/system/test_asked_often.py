"""Self-consistency, a panel and sub-claims against a real server on loopback: what is asked, what is cached, what is told."""

import json
from datetime import date

import pytest

from harness.client.openai import OpenAI
from harness.engine import Engine
from harness.engine.budget import Budget, BudgetSpentError
from harness.engine.dry import estimate
from harness.errors import ConfigError
from harness.label import Outcome, Task
from harness.schema import Question
from harness.system.decompose import Decompose, Splitter, composed
from harness.system.llm import LlmFactChecker, Prompt
from harness.system.panel import Panel
from harness.system.self_consistency import SelfConsistency
from tests.engine.conftest import server  # noqa: F401 - a fixture

LABELS = ("supported", "refuted", "conflicting", "not_enough_evidence")
WORDS = Prompt("Check.", "{claim}{passages}{labels}{answer}", dict.fromkeys(LABELS, "so"))
ASKED = Question(id="q", task=Task.VERACITY, claim="It rained.", labels=LABELS, as_of=date(2026, 1, 1))
SENT = WORDS.messages(ASKED, "json")[-1].content


def engine(tmp_path, **more):
    return Engine(retries=0, cache=str(tmp_path / "cache.sqlite"), **more)


def client(server, model="m", **more):  # noqa: F811
    return OpenAI(server.url, model, **more)


def only(checker):
    (row,) = checker.predict([ASKED])
    return row


# Self-consistency


def test_each_sample_has_its_own_seed_and_the_shares_are_the_probabilities(server, tmp_path):  # noqa: F811
    server.plan = {SENT: ["say refuted", "say refuted", "say refuted", "say supported", "say INCORRECT"]}
    row = only(SelfConsistency(client(server, seed=7), WORDS, engine=engine(tmp_path)))
    assert row.label == "refuted"
    assert row.probabilities == {"supported": 0.25, "refuted": 0.75, "conflicting": 0, "not_enough_evidence": 0}
    assert sorted(body["seed"] for body in server.bodies) == [7, 8, 9, 10, 11]
    assert {body["temperature"] for body in server.bodies} == {0.7}
    assert (row.n_requests, row.n_tokens_in, len(row.messages)) == (5, 50, 2)
    assert sorted(json.loads(row.raw).values()) == ["INCORRECT", "refuted", "refuted", "refuted", "supported"]


def test_samples_are_cached_by_number_and_more_of_them_ask_for_the_new_alone(server, tmp_path):  # noqa: F811
    only(SelfConsistency(client(server), WORDS, k=3, engine=engine(tmp_path)))
    again = only(SelfConsistency(client(server), WORDS, k=3, engine=engine(tmp_path)))
    assert (again.cached, again.n_requests, len(server.log)) == (True, 0, 3)
    assert only(SelfConsistency(client(server), WORDS, k=5, engine=engine(tmp_path))).n_requests == 2
    assert sorted(body["seed"] for body in server.bodies) == [0, 1, 2, 3, 4]


def test_a_tie_draws_further_samples_and_one_that_stays_is_told(server, tmp_path):  # noqa: F811
    server.plan = {SENT: ["say refuted", "supported", "say refuted"]}
    row = only(SelfConsistency(client(server), WORDS, k=2, more=1, engine=engine(tmp_path)))
    assert (row.label, row.n_requests) == ("refuted", 3)
    server.plan = {SENT: ["say refuted", "say supported", "say conflicting"]}
    row = only(SelfConsistency(client(server), WORDS, k=2, more=1, engine=Engine(retries=0)))
    assert (row.outcome, row.label) == (Outcome.ABSTAINED, None)
    assert row.error == "the 3 samples are tied: supported 0.33, refuted 0.33, conflicting 0.33"


def test_the_words_of_a_tie_break_are_kept_once(server, tmp_path):  # noqa: F811
    server.plan = {SENT: ["say refuted", "supported", "say refuted"]}
    row = only(SelfConsistency(client(server), WORDS, k=2, more=1, engine=engine(tmp_path)))
    assert (row.n_requests, row.messages) == (3, WORDS.messages(ASKED, "json"))


def test_a_sample_that_fails_fails_the_question_and_the_rest_is_not_paid_twice(server, tmp_path):  # noqa: F811
    server.plan = {SENT: ["200", "400"]}
    checker = SelfConsistency(client(server), WORDS, k=3, engine=engine(tmp_path))
    assert only(checker).outcome is Outcome.FAILED
    assert only(checker).n_requests == 1


@pytest.mark.parametrize(("settings", "told"), [({"temperature": 0}, "temperature 0"), ({"k": 1}, "k 1")])
def test_samples_that_would_be_the_same_are_refused(server, settings, told):  # noqa: F811
    with pytest.raises(ConfigError, match=told):
        SelfConsistency(client(server), WORDS, **settings)


# Panel


def panel(server, tmp_path, n=3, rule="majority", **more):  # noqa: F811
    members = {f"j{k}": LlmFactChecker(client(server, f"m{k}"), WORDS) for k in range(n)}
    return Panel(members, rule, engine(tmp_path, **more))


def test_the_majority_of_models_decides_and_each_has_its_own_answer(server, tmp_path):  # noqa: F811
    server.plan = {SENT: ["say refuted", "200", "say refuted"]}
    row = only(panel(server, tmp_path))
    assert (row.label, row.probabilities["refuted"], row.n_requests) == ("refuted", pytest.approx(2 / 3), 3)
    assert sorted(body["model"] for body in server.bodies) == ["m0", "m1", "m2"]
    assert json.loads(row.raw).keys() == {"j0", "j1", "j2"}
    assert only(panel(server, tmp_path)).cached


def test_a_tied_panel_has_no_verdict(server, tmp_path):  # noqa: F811
    server.plan = {SENT: ["say refuted", "200"]}
    row = only(panel(server, tmp_path, n=2))
    assert (row.outcome, row.label) == (Outcome.ABSTAINED, None)
    assert "the 2 members are tied" in row.error


def test_a_member_that_fails_is_asked_again_alone(server, tmp_path):  # noqa: F811
    server.plan = {SENT: ["400"]}
    first = only(panel(server, tmp_path))
    assert (first.outcome, first.label) == (Outcome.FAILED, None)
    assert only(panel(server, tmp_path)).n_requests == 1


def test_a_panel_keeps_to_the_budget(server, tmp_path):  # noqa: F811
    with pytest.raises(BudgetSpentError):
        only(panel(server, tmp_path, budget=Budget(requests=2)))
    assert len(server.log) == 2


def test_a_dry_run_counts_every_member_and_sends_nothing(server, tmp_path):  # noqa: F811
    made = panel(server, tmp_path)
    assert estimate(made, [ASKED] * 4, made.engine).n_requests == 12
    assert server.log == []


def test_members_with_equal_clients_share_one(server):  # noqa: F811
    members = {
        "json": LlmFactChecker(client(server), WORDS),
        "letters": LlmFactChecker(client(server), WORDS, "logprobs"),
    }
    assert len(Panel(members).clients()) == 1


def test_a_panel_of_twins_of_one_or_of_another_rule_is_refused(server):  # noqa: F811
    twin = LlmFactChecker(client(server), WORDS)
    with pytest.raises(ConfigError, match=r"members a and b are the same.*'client@b=openai'"):
        Panel({"a": twin, "b": LlmFactChecker(client(server), WORDS)})
    with pytest.raises(ConfigError, match="1 members"):
        Panel({"a": twin})
    with pytest.raises(ConfigError, match='rule is "loudest"'):
        Panel({"a": twin, "b": LlmFactChecker(client(server, "n"), WORDS)}, "loudest")


def test_the_mean_needs_probabilities_and_says_so_before_it_asks(server, tmp_path):  # noqa: F811
    with pytest.raises(ConfigError, match=r"member j0 answers by json.*system\.members\.j0\.answer=logprobs"):
        only(panel(server, tmp_path, rule="mean"))
    assert server.log == []


def test_the_mean_refuses_a_member_that_turns_out_to_give_no_probabilities(server, tmp_path):  # noqa: F811
    members = {
        "parts": Decompose(LlmFactChecker(client(server), WORDS), SPLIT),
        "twin": Decompose(LlmFactChecker(client(server, "n"), WORDS), SPLIT),
    }
    with pytest.raises(ConfigError, match="rule is mean, and its member parts"):
        only(Panel(members, "mean", engine(tmp_path)))


# Sub-claims

SPLIT = Splitter("List.", "{claim}", most=3)


def part(claim):
    return WORDS.messages(ASKED.model_copy(update={"claim": claim}), "json")[-1].content


def decomposed(server, tmp_path, parts, plan):  # noqa: F811
    listed = parts if isinstance(parts, str) else json.dumps({"claims": parts})
    server.plan = {
        "<claim>It rained.</claim>": [f"say {listed}"],
        **{part(c): [f"say {say}"] for c, say in plan.items()},
    }
    return only(Decompose(LlmFactChecker(client(server), WORDS), SPLIT, engine=engine(tmp_path)))


def test_one_refuted_part_refutes_the_claim_and_ends_the_asking(server, tmp_path):  # noqa: F811
    row = decomposed(server, tmp_path, ["A.", "B.", "C."], {"A.": "not true", "B.": "refuted"})
    assert (row.label, row.n_requests) == ("refuted", 3)
    assert row.rationale == "unparsable: A.\nrefuted: B."
    assert json.loads(row.raw)["parts"] == ["not true", "refuted"]


def test_a_part_without_a_verdict_leaves_the_claim_without_one(server, tmp_path):  # noqa: F811
    row = decomposed(server, tmp_path, ["A.", "B."], {"A.": "not true"})
    assert (row.outcome, row.label) == (Outcome.UNPARSABLE, None)
    assert row.error.startswith("a sub-claim has no verdict: ")


@pytest.mark.parametrize(
    "listed", ["A. B.", '{"claims": []}', '{"claims": ["a", "b", "c", "d"]}', '{"claims": [1]}', "[]"]
)
def test_a_list_that_is_none_is_unparsable(server, tmp_path, listed):  # noqa: F811
    row = decomposed(server, tmp_path, listed, {})
    assert (row.outcome, row.n_requests, row.raw) == (Outcome.UNPARSABLE, 1, listed)


# Guidelines V34, whose every pair of labels stands here.
@pytest.mark.parametrize(
    ("labels", "whole"),
    [
        (["supported", "supported"], "supported"),
        (["supported", "not_enough_evidence"], "not_enough_evidence"),
        (["not_enough_evidence", "conflicting"], "conflicting"),
        (["supported", "conflicting"], "conflicting"),
        (["conflicting", "refuted"], "refuted"),
        (["not_enough_evidence", "refuted"], "refuted"),
        (["supported", "refuted"], "refuted"),
        ([None, "refuted"], "refuted"),
        ([None, "conflicting"], None),
    ],
)
def test_parts_compose_by_the_guidelines(labels, whole):
    assert composed(labels, Decompose.__dataclass_fields__["precedence"].default) == whole
    assert composed(labels[::-1], Decompose.__dataclass_fields__["precedence"].default) == whole


def test_stances_are_not_composed(server, tmp_path):  # noqa: F811
    asked = ASKED.model_copy(update={"labels": ("agree", "disagree"), "holder": "voice"})
    with pytest.raises(ConfigError, match="expected task=veracity"):
        list(Decompose(LlmFactChecker(client(server), WORDS), SPLIT, engine=engine(tmp_path)).predict([asked]))
