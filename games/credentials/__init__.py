"""What was won, as a certificate to print and a signed badge that a stranger can verify, without asking whoever won it."""
