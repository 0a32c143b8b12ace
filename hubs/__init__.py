"""Hubs and the centre; bodies, seats and terms; cycles and rounds with their timetables."""
