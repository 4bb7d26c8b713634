"""Corrections of published results on the desk: listed, prepared (marks, groups, rules), looked at, applied; and the appeals of teams."""
