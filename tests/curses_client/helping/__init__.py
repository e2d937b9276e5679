"""Help while typing."""
