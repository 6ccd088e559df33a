"""One module for each command of `framing`. Each imports what it needs inside its function, so that `--help` is instant."""
