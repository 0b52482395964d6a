"""One module per target; each is pure: `emit(catalog) -> {path: text}`."""
