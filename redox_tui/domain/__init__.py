"""What the product knows: values, pure rules and `LogWindow`, the one thing here with state."""
