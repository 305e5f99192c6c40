import math

from analysis.plots.sampling import MOST_OF_ALL, MOST_POINTS, budget, thinned


def wave(count):
    return [{"date": i, "value": math.sin(i / 50) + i / 9000} for i in range(count)]


def test_a_short_line_stays_as_it_is():
    rows = wave(MOST_POINTS)
    assert thinned(rows, "value") == rows


def test_a_long_line_keeps_its_ends_and_extremes():
    rows = wave(9000)
    rows[4321]["value"], rows[1234]["value"] = 50.0, -50.0
    kept = thinned(rows, "value")
    assert MOST_POINTS * 0.6 < len(kept) <= MOST_POINTS
    assert (kept[0], kept[-1]) == (rows[0], rows[-1])
    assert rows[4321] in kept
    assert rows[1234] in kept
    assert kept == sorted(kept, key=lambda row: row["date"])


def test_many_lines_share_the_points():
    assert budget(1) == MOST_POINTS
    assert budget(10) * 10 <= MOST_OF_ALL
