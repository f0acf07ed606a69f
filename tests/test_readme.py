from tests.readme import README, rendered
from tui.commands.output import Exit


def test_the_key_and_settings_tables_are_those_of_the_program() -> None:
    text = README.read_text("utf-8")
    assert text == rendered(text), "run: python -m tests.readme"


def test_every_exit_code_is_documented() -> None:
    text = README.read_text("utf-8")
    assert all(f"\n| {code.value} | " in text for code in Exit)
