"""Lets `python -m voxhall` do what the command `voxhall` does."""

from voxhall.cli.main import main

if __name__ == "__main__":
    main()
