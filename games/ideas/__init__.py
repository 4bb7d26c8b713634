"""What is shared: ideas in versions, what came from what, credit. Before it: submissions. After it: learning."""
