"""The places of the app: each wires services, domain and widgets together."""
