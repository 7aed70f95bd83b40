"""Generators of the synthetic CRF forms, one module per section of raw/synthetic.yaml."""
