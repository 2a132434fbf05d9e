"""One inbound text, from the sender's identity to the answer."""
