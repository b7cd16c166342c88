"""The engine against a real server on loopback: faults, repeats, limits, budget, cache, and what it never does."""

from __future__ import annotations

import json
import time

import pytest

from harness.client.openai import OpenAI
from harness.engine.budget import Budget, BudgetSpentError, Spent
from harness.errors import ConfigError, InputError
from harness.label import Outcome
from tests.engine.conftest import question

CLAIMS = [f"claim {n}" for n in range(300)]


def outcomes(rows):
    return {id_: row.outcome for id_, row in rows.items()}


def test_every_question_is_answered_once_with_what_it_took(ask, server):
    rows = ask(CLAIMS)
    assert set(rows) == set(CLAIMS)
    assert {row.outcome for row in rows.values()} == {Outcome.ANSWERED}
    assert sorted(text for text, _ in server.log) == sorted(CLAIMS)
    row = rows["claim 7"]
    assert (row.n_requests, row.n_tokens_in, row.n_tokens_out, row.cost, row.cached) == (1, 10, 2, None, False)
    assert row.messages[0].content == "claim 7"


@pytest.mark.parametrize("fault", ["408", "409", "429", "500", "503", "reset", "malformed"])
def test_a_fault_that_passes_is_asked_again(ask, server, fault):
    server.plan = {"claim 1": [fault]}
    rows = ask(CLAIMS[:3])
    assert {row.outcome for row in rows.values()} == {Outcome.ANSWERED}
    assert rows["claim 1"].n_requests == 2
    assert server.count()["200"] == 3


@pytest.mark.parametrize("fault", ["400", "422"])
def test_a_request_that_is_wrong_is_never_asked_again(ask, server, fault):
    server.plan = {"claim 1": [fault] * 9}
    rows = ask(CLAIMS[:3])
    assert rows["claim 1"].outcome is Outcome.FAILED
    assert fault in rows["claim 1"].error
    assert server.count()[fault] == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"choices": [{"message": {"content": ["a"]}}]}', "no completion"),
        ('{"choices": [{"message": {"content": "supported"}}], "usage": {"prompt_tokens": "many"}}', "n_tokens_in"),
        ('{"choices": [{"message": {"content": "supported"}}], "usage": {"prompt_tokens": -1}}', "n_tokens_in"),
        ('{"choices": []}', "no completion"),
        ("[]", "no completion"),
    ],
)
def test_an_answer_of_another_form_fails_its_question_alone(ask, server, body, told):
    server.plan = {"claim 1": [f"json {body}"] * 9}
    rows = ask(CLAIMS[:3], retries=0)
    assert rows["claim 1"].outcome is Outcome.FAILED
    assert told in rows["claim 1"].error
    assert rows["claim 2"].outcome is Outcome.ANSWERED


def test_half_a_surrogate_in_an_answer_can_be_written(ask, server):
    said = {"content": "a \ud800", "reasoning_content": "b \ud800", "refusal": None}
    server.plan = {"claim 0": [f"json {json.dumps({'choices': [{'message': said}]})}"]}
    row = ask(CLAIMS[:1])["claim 0"]
    assert row.raw == "a \\ud800"
    row.model_dump_json().encode()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxys_password_is_in_no_error(ask, server, monkeypatch, scheme):
    proxy = server.url.replace("http://127.0.0.1", "http://user:planted-word@localhost").removesuffix("/v1")
    monkeypatch.setenv(f"{scheme}_proxy", proxy)
    monkeypatch.setenv("no_proxy", "")
    server.plan = {"claim 0": ["502"] * 9}  # of https the server takes no CONNECT at all
    row = ask(CLAIMS[:1], retries=0, client=OpenAI(f"{scheme}://nowhere.test/v1", "m"))["claim 0"]
    assert row.outcome is Outcome.FAILED
    assert "planted-word" not in row.model_dump_json()


def test_repeats_are_finite_and_the_cause_is_told(ask, server):
    server.plan = {"claim 1": ["500"] * 9}
    rows = ask(CLAIMS[:2], retries=2)
    assert rows["claim 1"].outcome is Outcome.FAILED
    assert rows["claim 1"].error.endswith("(asked 3 times)")
    assert server.count()["500"] == 3


def test_zero_repeats_means_none(ask, server):
    server.plan = {"claim 1": ["500"] * 9}
    assert ask(CLAIMS[:2], retries=0)["claim 1"].outcome is Outcome.FAILED
    assert server.count()["500"] == 1


def test_a_hanging_connection_ends_with_its_cause(ask, server):
    server.plan = {"claim 1": ["hang"]}
    rows = ask(CLAIMS[:3], retries=0, timeout_s=0.3)
    assert rows["claim 1"].error == "no answer within 0.3 s"
    assert rows["claim 2"].outcome is Outcome.ANSWERED


def test_a_wait_beyond_the_total_time_is_not_waited(ask, server):
    server.plan, server.retry_after = {"claim 1": ["429"]}, "3600"
    start = time.monotonic()
    rows = ask(CLAIMS[:2], total_timeout_s=5)
    assert rows["claim 1"].outcome is Outcome.FAILED
    assert time.monotonic() - start < 5


def test_retry_after_is_honoured_and_the_slot_is_another_rows_meanwhile(ask, server):
    server.plan, server.retry_after = {"claim 0": ["429"]}, "0.5"
    start = time.monotonic()
    ask(CLAIMS[:20], start=1, connections=1)
    asked = [text for text, _ in server.log]
    assert asked[0] == "claim 0"
    assert asked.index("claim 0", 1) >= 5  # others went on while it waited
    assert time.monotonic() - start >= 0.5


def test_no_more_requests_are_under_way_than_the_limit(ask, server):
    server.latency_s = 0.02
    ask(CLAIMS[:100], start=2, connections=7)
    assert server.n_most == 7


def test_an_outcome_for_each_kind_of_answer_and_none_is_invented(ask, server):
    server.plan = {"claim 0": ["refuse"], "claim 1": ["say INCORRECT"], "claim 2": ["cut"], "claim 3": ["500"] * 9}
    rows = ask(CLAIMS[:5], retries=0)
    assert outcomes(rows) == {
        "claim 0": Outcome.REFUSED,
        "claim 1": Outcome.UNPARSABLE,
        "claim 2": Outcome.UNPARSABLE,
        "claim 3": Outcome.FAILED,
        "claim 4": Outcome.ANSWERED,
    }
    assert all(row.label is None for id_, row in rows.items() if id_ != "claim 4")


def test_only_whole_answers_are_cached(ask, server):
    server.plan = {"claim 0": ["refuse"], "claim 1": ["say "], "claim 2": ["cut"], "claim 3": ["400"]}
    ask(CLAIMS[:5])
    rows = ask(CLAIMS[:5])
    assert [id_ for id_, row in rows.items() if row.cached] == ["claim 4"]
    assert {row.outcome for row in rows.values()} == {Outcome.ANSWERED}


@pytest.mark.parametrize(
    "other",
    [
        {"model": "m2"},
        {"seed": 1},
        {"temperature": 0.5},
        {"max_tokens": 9},
        {"structured": "none"},
        {"api": "completions"},
        {"extra": {"top_p": 0.5}},
    ],
)
def test_what_an_answer_depends_on_misses_the_cache(ask, server, other):
    ask(CLAIMS[:1])
    server.log.clear()
    settings = {"base_url": server.url, "model": "m"}
    assert ask(CLAIMS[:1])["claim 0"].cached
    assert server.log == []
    rows = ask(CLAIMS[:1], client=OpenAI(**{**settings, **other}))
    assert len(server.log) == 1
    assert not rows["claim 0"].cached


def test_another_address_misses_the_cache(ask, server):
    ask(CLAIMS[:1])
    ask(CLAIMS[:1], client=OpenAI(server.url.replace("127.0.0.1", "localhost"), "m"))
    assert len(server.log) == 2


def test_samples_of_one_prompt_are_asked_apart_and_cached_apart(ask, server):
    (row,) = ask(CLAIMS[:1], n=3).values()
    assert sorted(body["seed"] for body in server.bodies) == [0, 1, 2]
    assert (row.n_requests, len(row.messages)) == (3, 1)
    assert ask(CLAIMS[:1], n=4)["claim 0"].n_requests == 1


def test_fresh_writes_the_cache_and_does_not_read_it(ask, server):
    ask(CLAIMS[:2])
    assert not ask(CLAIMS[:2], fresh=True)["claim 0"].cached
    assert len(server.log) == 4


def test_the_same_words_twice_in_one_run_are_paid_for_once(ask, server):
    server.latency_s = 0.05
    asked = [question("claim 0"), question("claim 0").model_copy(update={"id": "again"})]
    rows = ask([], questions=asked)
    assert len(server.log) == 1
    assert sorted(row.n_requests for row in rows.values()) == [0, 1]


def test_a_budget_of_requests_stops_exactly_and_can_be_raised(ask, server):
    server.plan = {f"claim {n}": ["500"] for n in range(0, 40, 4)}
    with pytest.raises(
        BudgetSpentError, match=r"budget of 25 requests allows no further request; raise engine\.budget"
    ):
        ask(CLAIMS[:100], budget=Budget(requests=25))
    assert len(server.log) == 25
    rows = ask(CLAIMS[:100], budget=Budget(requests=1000), spent=Spent(n_requests=25))
    assert len(rows) == 100


def test_a_budget_of_money_is_kept_though_estimates_are_higher(ask, server):
    price = {"input": 1000, "output": 1000}  # 12 tokens an answer cost 0.012 dollars
    with pytest.raises(BudgetSpentError, match=r"0\.5 usd"):
        ask(CLAIMS, budget=Budget(usd=0.5), price=price)
    paid = len(server.log) * 0.012
    assert 0.5 - 0.3 < paid <= 0.5  # the estimate of one request, 256 tokens of answer, must fit beside what was paid


def test_a_budget_of_money_needs_a_price(ask, server):
    with pytest.raises(ConfigError, match="the price of m is not known"):
        ask(CLAIMS[:2], budget=Budget(usd=1))
    assert server.log == []


def test_cost_is_known_by_the_price_alone(ask):
    row = ask(CLAIMS[:1], prices={"m": {"input": 1.0, "output": 4.0}})["claim 0"]
    assert row.cost == pytest.approx((10 * 1 + 2 * 4) / 1e6)


def test_requests_a_minute_are_not_exceeded(ask, server):
    start = time.monotonic()
    ask(CLAIMS[:12], requests_per_minute=120)  # a bucket of 10, then 110 a minute
    assert time.monotonic() - start >= 2 / (110 / 60) - 0.05


def test_a_missing_key_ends_the_run_before_anything_is_sent(ask, server, monkeypatch):
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    with pytest.raises(InputError, match="NO_SUCH_KEY is not set"):
        ask(CLAIMS, client=OpenAI(server.url, "m", api_key_env="NO_SUCH_KEY"))
    assert server.log == []


def test_a_key_that_is_refused_ends_the_run_and_is_not_repeated(ask, server, monkeypatch):
    monkeypatch.setenv("PLANTED", "sk-planted-0123456789")
    server.plan = {claim: ["401"] * 9 for claim in CLAIMS}
    with pytest.raises(InputError, match=r"answered 401 \(no: Bearer \[key\]\)"):
        ask(CLAIMS, client=OpenAI(server.url, "m", api_key_env="PLANTED"))
    assert server.headers[0]["Authorization"] == "Bearer sk-planted-0123456789"


def test_a_notebook_that_runs_a_loop_of_its_own_gets_the_same(ask):
    import asyncio

    async def cell():
        return ask(CLAIMS[:5])

    assert len(asyncio.run(cell())) == 5
