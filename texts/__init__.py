"""What people write, in any language: source, revisions, translations, credit, search."""
