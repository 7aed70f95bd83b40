"""From analysis datasets to results, and from results to Word."""
