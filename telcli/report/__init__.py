"""A finished report object becomes a page; words in English and Chinese."""
