"""The append-only trail that every action writes to, and the sequencer that chains it."""
