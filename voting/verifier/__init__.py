"""The independent recount: one file that shares no code with the rest (see ``docs/verifying.md``)."""
