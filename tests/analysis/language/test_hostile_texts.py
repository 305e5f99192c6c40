"""Whatever the text: an outcome, quickly, and the same one every time."""

import random
import time

import pytest

from analysis.intent import Intent, Question, Refusal
from analysis.questions.judging import questions
from analysis.understanding.question import understand

HOSTILE = [
    "",
    " \t\n",
    "\x00\x01\x02 volatility",
    "🚀🚀🚀 AAPL 🚀",
    "‮ytilitalov‬ of AAPL",
    "تقلب أسهم أبل",
    "苹果的波动率",
    "-" * 900,
    "(" * 500 + ")" * 500,
    "$" * 1000,
    "1" * 999,
    "9" * 400 + " years of AAPL",
    "in 99999999999999999999 years",
    "AAPL in 0000",
    "AAPL on 2020-99-99",
    "AAPL on 31 February 2020",
    "last 999 decades of KO",
    "volatility between and",
    "between 5 and",
    "top 1000000000000 stocks by beta",
    "from 2020 to",
    "not not not AAPL",
    "excluding",
    "a" * 1000,
    "volatility " * 90,
    "AAPL " * 199,
    "<script>alert(1)</script>",
    "'; DROP TABLE prices; --",
    "%s%s%s%n {0} {company} {}",
    "\uff11\uff10 years volatility of \uff21\uff21\uff30\uff2c",
]


def settled(outcome):
    return isinstance(outcome, Intent | Question | Refusal)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_settled(facts, text):
    assert settled(understand(text, facts))


def test_a_text_of_ten_thousand_characters_is_refused_as_too_long(facts):
    outcome = understand("volatility " * 1000, facts)
    assert isinstance(outcome, Refusal) and outcome.code == "too_long"


def test_noise_in_known_words_never_raises(facts):
    dice = random.Random(4)
    words = sorted({word for expected in questions() for word in expected["q"].split()})
    for _ in range(1500):
        text = " ".join(dice.choices(words, k=dice.randint(1, 12)))
        assert settled(understand(text, facts)), text


def test_noise_in_follow_ups_and_overrides_never_raises(facts):
    dice = random.Random(5)
    texts = [expected["q"] for expected in questions()]
    slots = ["window", "metric", "limit", "order", "universe", "mode", "rolling", "date", "x"]
    intents = [i for i in (understand(t, facts) for t in texts) if isinstance(i, Intent)]
    for _ in range(600):
        text, previous = dice.choice(texts), dice.choice(intents)
        overrides = {dice.choice(slots): dice.choice(texts)}
        assert settled(understand(text, facts, previous=previous)), text
        assert settled(understand(text, facts, overrides=overrides)), (text, overrides)


def test_random_characters_never_raise(facts):
    dice = random.Random(6)
    for _ in range(500):
        text = "".join(
            chr(dice.choice((dice.randrange(128), dice.randrange(0x3000)))) for _ in range(80)
        )
        assert settled(understand(text, facts)), repr(text)


def test_the_longest_text_does_not_run_away(facts):
    """It takes milliseconds; a pattern that tries every way of matching would take hours."""
    understand("warm up", facts)
    for text in ("AAPL " * 199, "zzzzq " * 160, "1-" * 499, "over 5 % and " * 70):
        start = time.perf_counter()
        understand(text[:1000], facts)
        assert time.perf_counter() - start < 10, text[:20]


def test_the_same_text_always_means_the_same(facts):
    for expected in questions():
        assert understand(expected["q"], facts) == understand(expected["q"], facts)
