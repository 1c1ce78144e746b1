"""How people speak to Voxhall from a terminal."""
