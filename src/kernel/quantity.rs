//! Amounts: bytes with units, and "infinite" (ID-UNI).

/// No limit: 2^63 − 1, written `inf` (ID-UNI-01).
pub const INFINITE: u64 = i64::MAX as u64;

/// Reads an amount: `inf`, an integer, or a decimal number with a unit of
/// powers of 1024 (`10G`, `1.5 MiB`); the result is truncated (ID-UNI-02).
pub fn parse(text: &str) -> Option<u64> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if matches!(lower.as_str(), "inf" | "infinite" | "unlimited") {
        return Some(INFINITE);
    }
    let split = lower
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(lower.len());
    let (number, unit) = (lower.get(..split)?.trim_end(), lower.get(split..)?);
    let power = match unit {
        "" | "bytes" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        "p" | "pb" | "pib" => 5,
        _ => return None,
    };
    let factor = 1024u64.pow(power);
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(factor).filter(|n| *n <= INFINITE);
    }
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let value = number.parse::<f64>().ok()? * factor as f64;
    (value.is_finite() && value >= 0.0 && value < INFINITE as f64).then_some(value as u64)
}

/// Shows a number of bytes for people: `1.50 GB`, `512 bytes`, `inf` (ID-UNI-03, style auto).
pub fn human_bytes(amount: u64) -> String {
    if amount >= INFINITE {
        return "inf".into();
    }
    if amount < 1024 {
        return format!("{amount} bytes");
    }
    let mut value = amount as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit < 5 {
        value /= 1024.0;
        unit += 1;
    }
    let places = if value < 1.0 {
        3
    } else if value < 10.0 {
        2
    } else {
        1
    };
    format!(
        "{value:.places$} {}",
        ["bytes", "kB", "MB", "GB", "TB", "PB"][unit]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-UNI-01 ID-UNI-02 ID-UNI-03
    #[test]
    fn amounts_are_read_and_shown() {
        assert_eq!(parse("10G"), Some(10_737_418_240));
        assert_eq!(parse("1.5M"), Some(1_572_864));
        assert_eq!(parse("7 bytes"), Some(7));
        assert_eq!(parse("Infinite"), Some(INFINITE));
        for bad in [
            "",
            "x",
            "-1",
            "1X",
            "1e9999P",
            "99999999999999999999",
            "nan",
            ".5",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(human_bytes(512), "512 bytes");
        assert_eq!(human_bytes(1_572_864), "1.50 MB");
        assert_eq!(human_bytes(INFINITE), "inf");
    }
}
