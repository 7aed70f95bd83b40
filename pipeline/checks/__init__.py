"""What is checked about the data, and the report a reviewer decides from."""
