"""How programs speak to Voxhall over HTTP."""
