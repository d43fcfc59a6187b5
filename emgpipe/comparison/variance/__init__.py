"""Analysis of variance over all levels of a factor at once, or over two crossed factors; rank tests and trends."""
