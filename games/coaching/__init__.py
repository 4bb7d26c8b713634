"""Office hours: experts offer times, groups book them within an equal quota."""
