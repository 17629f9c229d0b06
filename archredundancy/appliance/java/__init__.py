"""How Java writes texts, numbers and instants, and in which order its hash maps hand things out."""
