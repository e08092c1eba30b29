"""One module a page: read the question, ask the casebook, fill the template."""
