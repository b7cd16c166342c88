"""What may be spent on a run, in requests, tokens or US dollars, and what was; a price that is not known is never 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.client import Completion
from harness.errors import ConfigError, VeristanceError
from harness.schema import Prediction

PER = 1_000_000  # prices are for a million tokens, as providers print them


class BudgetSpentError(VeristanceError):
    """The budget does not allow one request more: the run stops, and a greater budget goes on with it."""

    exit_code = 4


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens."""

    input: float
    output: float

    def of(self, n_in: int | None, n_out: int | None) -> float | None:
        """Dollars; `None` where the tokens are not known."""
        return None if n_in is None or n_out is None else (n_in * self.input + n_out * self.output) / PER


def read_price(where: str, row: Mapping[str, Any] | None) -> Price | None:
    """A row of a price table; `None` where there is none. Raises ConfigError for a row of another form."""
    if row is None:
        return None
    try:
        price = Price(float(row["input"]), float(row["output"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{where} is {row}; expected input and output, US dollars a million tokens") from error
    if price.input < 0 or price.output < 0:
        raise ConfigError(f"{where} is {row}; expected dollars of 0 or more")
    return price


@dataclass
class Spent:
    """What requests have cost so far. Tokens and dollars are sums of what is known."""

    n_requests: int = 0
    n_tokens: int = 0
    usd: float = 0.0

    def add(self, row: Prediction) -> None:
        """Count what a prediction took; one from the cache took nothing."""
        if row.n_requests:
            self.n_requests += row.n_requests
            self.n_tokens += (row.n_tokens_in or 0) + (row.n_tokens_out or 0)
            self.usd += row.cost or 0.0


@dataclass(frozen=True)
class Budget:
    """The most that a run may spend, all its sessions together; `None` is no limit."""

    requests: int | None = None
    tokens: int | None = None
    usd: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("requests", self.requests), ("tokens", self.tokens), ("usd", self.usd)):
            if value is not None and not value >= 0:
                raise ConfigError(f"engine.budget.{name} is {value}; expected a number of 0 or more, or null")


@dataclass
class Purse:
    """The budget of one session: a request is booked at its estimate when it is sent, and at its cost when it is answered."""

    budget: Budget
    spent: Spent
    held: Spent = field(default_factory=Spent)
    """Estimates of what is under way."""

    def is_tight(self, n_tokens: int, usd: float | None) -> bool:
        """Whether a request must wait, because the estimates of those under way leave no room for it."""
        return self.held.n_requests > 0 and self._over(n_tokens, usd) is not None

    def hold(self, n_tokens: int, usd: float | None) -> None:
        """Book a request before it is sent; raises BudgetSpentError where the budget does not allow it."""
        if over := self._over(n_tokens, usd):
            name, most = over
            raise BudgetSpentError(
                f"the budget of {most:g} {name} allows no further request; raise engine.budget.{name} and run the same command again"
            )
        self.held.n_requests += 1
        self.held.n_tokens += n_tokens
        self.held.usd += usd or 0.0

    def _over(self, n_tokens: int, usd: float | None) -> tuple[str, float] | None:
        """Which limit one request more would break."""
        spent, held, budget = self.spent, self.held, self.budget
        for name, most, after in (
            ("requests", budget.requests, spent.n_requests + held.n_requests + 1),
            ("tokens", budget.tokens, spent.n_tokens + held.n_tokens + n_tokens),
            ("usd", budget.usd, spent.usd + held.usd + (usd or 0.0)),
        ):
            if most is not None and after > most:
                return name, most
        return None

    def settle(self, n_tokens: int, usd: float | None, reply: Completion | None, cost: float | None) -> None:
        """Book what a request took in place of its estimate; without a reply, the request alone."""
        self.held.n_requests -= 1
        self.held.n_tokens -= n_tokens
        self.held.usd -= usd or 0.0
        self.spent.n_requests += 1
        if reply is not None:
            self.spent.n_tokens += (reply.n_tokens_in or 0) + (reply.n_tokens_out or 0)
            self.spent.usd += cost or 0.0
