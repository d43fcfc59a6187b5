"""Tables of numbers in text: cells, layout, heading, columns, clocks and rates."""
