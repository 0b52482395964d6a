"""Valid values of a schema: the least, the fullest, random ones, and those at the edges."""
