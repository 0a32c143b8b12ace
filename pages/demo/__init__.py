"""The invented movement of `make demo`: its people, its hubs, and how to sign in as anyone of it."""
