"""The files that leave the house: XPT and what goes with it."""
