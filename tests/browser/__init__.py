"""The site in a real browser: journeys, accessibility, right to left, weight, without JavaScript."""
