"""The commands, one module each: `add_arguments` describes it, `run` returns its exit status."""
