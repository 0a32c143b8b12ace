"""Home, languages, styleguide, health: pages that belong to no single app, and the demo."""
