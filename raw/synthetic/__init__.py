"""Generators of synthetic CRF forms: one module per topic, run by raw/make_synthetic.py."""
