//! Entry of the one binary; see [`app`] for everything it can do.

fn main() -> std::process::ExitCode {
    app::main(std::env::args_os())
}
