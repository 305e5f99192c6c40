"""The engine's version covers what decides an answer."""

from analysis import engine_version


def names() -> set[str]:
    return {path.name for path in engine_version._files()}


def test_the_version_covers_scripts_plans_words_and_pictures():
    assert {"rank.sql", "figures.py", "answer.py", "bars.py", "metrics.toml"} <= names()


def test_another_script_makes_another_version(tmp_path, monkeypatch):
    monkeypatch.setattr(engine_version, "ROOT", tmp_path)
    for name in engine_version.FILES:
        (tmp_path / name).write_text("")
    script = tmp_path / "scripts" / "rank.sql"
    script.parent.mkdir()
    script.write_text("SELECT 1")
    before = engine_version.engine_version.__wrapped__()
    script.write_text("SELECT 2")
    assert engine_version.engine_version.__wrapped__() != before
