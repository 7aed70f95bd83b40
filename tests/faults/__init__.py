"""What to spoil in a study so that each rule has something to find."""
