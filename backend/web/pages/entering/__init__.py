"""Handing in: the entry's form with drafts and files, versions and receipts, tries at tasks that are solved or measured.

shared (who acts, on what) <- drafting (what scripts ask for while somebody writes) · writing (the form) · versions · trying
"""
