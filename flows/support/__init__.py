"""What the flows share: how one is declared, its parameters, its states and artifacts. No flow is in here."""
