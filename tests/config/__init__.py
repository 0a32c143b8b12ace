"""How the site is installed, started, stopped and deployed."""
