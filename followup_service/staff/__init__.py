"""Studies, sites, staff, access tokens and the on-call roster."""
