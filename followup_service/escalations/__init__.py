"""Getting a human to act: raise, page, acknowledge, resolve."""
