"""How much of the history the TinyDB store remembers: ten thousand keys, the oldest go first."""

from storage.tinydb.recent import Recent


def test_the_oldest_transactions_are_forgotten_and_then_everything_is_to_be_read_again() -> None:
    recent = Recent(0)
    for seq in (1, 2, 3):
        recent.add(seq, {"t": frozenset(f"{seq}-{n}" for n in range(4_990))})
    assert recent.since(0).reset
    told = recent.since(1)
    assert not told.reset
    assert len(told.keys["t"]) == 2 * 4_990
    assert recent.since(4).reset
