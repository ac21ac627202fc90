//! Amounts in the unit the administrator wants (ID-UNI-03).

use kernel::quantity::{INFINITE, human_bytes};

/// An amount of a resource; only bytes have units.
pub(crate) fn shown(amount: u64, bytes: bool, style: &str) -> String {
    if style == "none" {
        return amount.to_string();
    }
    if amount >= INFINITE {
        return "inf".to_owned();
    }
    let (power, unit) = match style {
        _ if !bytes => return amount.to_string(),
        "b" => return format!("{amount} bytes"),
        "kb" => (1, "kB"),
        "mb" => (2, "MB"),
        "gb" => (3, "GB"),
        "tb" => (4, "TB"),
        "pb" => (5, "PB"),
        _ => return human_bytes(amount),
    };
    let value = amount as f64 / 1024f64.powi(power);
    let places = match value {
        _ if value < 1.0 => 3,
        _ if value < 10.0 => 2,
        _ => 1,
    };
    format!("{value:.places$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-UNI-03
    #[test]
    fn every_style() {
        assert_eq!(shown(2048, true, "mb"), "0.002 MB");
        assert_eq!(shown(7 << 30, true, "mb"), "7168.0 MB");
        assert_eq!(shown(3 << 30, true, "gb"), "3.00 GB");
        assert_eq!(shown(2048, true, "b"), "2048 bytes");
        assert_eq!(shown(2048, true, "kb"), "2.00 kB");
        assert_eq!(shown(2048, true, "auto"), "2.00 kB");
        assert_eq!(shown(1 << 51, true, "pb"), "2.00 PB");
        assert_eq!(shown(1 << 39, true, "tb"), "0.500 TB");
        assert_eq!(shown(7, false, "mb"), "7");
        assert_eq!(shown(INFINITE, true, "mb"), "inf");
        assert_eq!(shown(INFINITE, false, "none"), "9223372036854775807");
    }
}
