"""The scoring engine: pure, exact, without Django and without input or output.

Before it stands a validated `spec.Scoring` and the `facts.Facts` of a cycle; after it an `outcome.Outcome`. The flow inside is
marks -> panels -> criteria -> challenge -> round -> board -> places -> cuts -> awards; `pipeline.compute` runs it.
"""
