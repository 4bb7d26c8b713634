"""The API's foundation: how errors look, how JSON is written, how lists are cut into pages, how a repeated POST is recognised, who may.

The resources themselves live in each slice's `api.py`; `v1.py` shows every route on one screen.
"""
