//! Being written on h/cli.
