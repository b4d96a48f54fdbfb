"""What shows values: widgets know the domain, and nothing of network, files or screens."""
