"""Files in the editor."""
