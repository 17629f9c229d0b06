"""From a URL that an operator types, or from the site file, to the members of a cluster."""
