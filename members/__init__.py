"""People, their languages, how they sign in, and the messages sent to them."""
