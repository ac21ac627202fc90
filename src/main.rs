//! Entry of the one binary; see [`app`] for everything it can do.
fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
