"""What organizers tell people and what one was told oneself, over the API. Mounted by the backend."""
