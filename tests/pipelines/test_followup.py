"""Follow-up questions are rewritten by a language model, and by rules where it cannot."""

from collections.abc import Sequence

import pytest

from voxhall.domain.talk import Exchange
from voxhall.errors import UpstreamFailed
from voxhall.net.chat import Said
from voxhall.pipelines.followup import REMEMBERED, standing_alone

EARLIER = [Exchange(f"Question {number}?", f"Answer {number}.") for number in range(8)]
EARLIER.append(Exchange("Who built the lighthouse of Kelby?", "Ada Thorne did. [1]"))
BY_RULES = "When was the lighthouse of Kelby built?"


async def test_a_first_question_is_nobodys_business() -> None:
    """Neither model nor rules are asked."""

    async def say(_: Sequence[Said]) -> str:
        raise AssertionError("asked")

    assert await standing_alone("When was it built?", (), say) == "When was it built?"


async def test_a_model_is_shown_the_last_turns() -> None:
    """And no more of them; its quotes and line ends go."""
    shown: list[Said] = []

    async def say(messages: Sequence[Said]) -> str:
        shown.extend(messages)
        return '"When did Ada Thorne\nbuild it?"\n'

    assert await standing_alone("When was it built?", EARLIER, say) == "When did Ada Thorne build it?"
    assert len(shown) == 2 + 2 * REMEMBERED
    assert shown[-1].text == "When was it built?"


@pytest.mark.parametrize("says", ["", "x" * 501, None])
async def test_rules_step_in(says: str | None) -> None:
    """Where the model fails, says nothing, or runs on."""

    async def say(_: Sequence[Said]) -> str:
        if says is None:
            raise UpstreamFailed("gone")
        return says

    assert await standing_alone("When was it built?", EARLIER, say) == BY_RULES


async def test_without_a_model_there_are_rules() -> None:
    """For English."""
    assert await standing_alone("When was it built?", EARLIER, None) == BY_RULES
