"""Tables as people read them, and as files."""

from __future__ import annotations

from analysis import tables

TABLE = {
    "columns": [
        {"name": "ticker", "type": "string", "format": "text"},
        {"name": "volatility", "type": "number", "format": "percent"},
        {"name": "max_drawdown", "type": "number", "format": "percent"},
        {"name": "partial", "type": "boolean", "format": "text"},
    ],
    "rows": [["RRC", 0.7035, -0.5, True], ["AMD", None, -0.1, False]],
}


def test_cells_have_a_text_to_read_and_a_value_to_sort_by() -> None:
    shown = tables.shown(TABLE)
    assert shown is not None
    first, second = shown["rows"]
    assert [cell["text"] for cell in first] == ["RRC", "70.3 %", "\N{MINUS SIGN}50.0 %", "yes"]
    assert first[1]["value"] == 0.7035
    assert (second[1]["text"], second[1]["value"]) == ("\N{EN DASH}", "")


def test_headings_use_the_published_names_and_definitions() -> None:
    shown = tables.shown(TABLE)
    assert shown is not None
    assert [column["label"] for column in shown["columns"]][:2] == ["Ticker", "Volatility"]
    assert shown["columns"][1]["definition"]


def test_a_long_table_shows_its_first_rows_and_folds_beside_a_chart() -> None:
    long = {"columns": TABLE["columns"], "rows": [["RRC", 0.1, 0.1, True]] * 1500}
    shown = tables.shown(long, folded=True)
    assert shown is not None
    assert (len(shown["rows"]), shown["total"], shown["more"]) == (100, "1,500", True)
    assert shown["collapsed"]


def test_no_table_is_none() -> None:
    assert tables.shown(None) is None
    assert tables.shown({"columns": [], "rows": []}) is None


def test_a_file_has_raw_values_and_nothing_that_a_spreadsheet_would_run() -> None:
    table = {"columns": TABLE["columns"][:2], "rows": [["=cmd()", 0.7035], ["@x", -0.5]]}
    assert tables.as_csv(table).splitlines() == [
        "ticker,volatility",
        "'=cmd(),0.7035",
        "'@x,-0.5",
    ]
