"""The judge's desk: what is to mark, how far one is, the sheet beside the rubric and the entry, past sheets; and all of it offline."""
