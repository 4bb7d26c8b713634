"""Teams that join forces: mergers between rounds, and entries that several teams hand in together, each with an agreed split of credit."""
