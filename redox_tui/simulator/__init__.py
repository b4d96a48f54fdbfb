"""A Platform API with synthetic traffic, so that the product can be tried, taught and tested without any patient."""
