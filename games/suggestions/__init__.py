"""The cycle learns too: who takes part suggests better rules, organizers decide, the gate makes them the next version."""
