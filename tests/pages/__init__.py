"""Home, a round, the styleguide, health, and the demo."""
