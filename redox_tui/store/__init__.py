"""The files of this user: profiles, the sealed vault and what else a credential may come from. It knows no network."""
