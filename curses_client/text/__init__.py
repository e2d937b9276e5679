"""Text on a terminal: the line store, escape sequences, widths, and the text being edited."""
