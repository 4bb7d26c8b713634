"""What happened: append-only facts with plain ids. Every countable act is one entry; the sealer numbers and chains them. Before it: nothing. After it: points, feed, live, audit."""
