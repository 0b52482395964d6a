"""The commands, one module each: `add_arguments(parser)` describes it, `run(options)` returns its status."""
