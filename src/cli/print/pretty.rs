//! Tables and records aligned for people, by the width characters have on a
//! terminal (ID-CLI-10, CY-CLI-GEN-07).

use super::cells::{printable, shown};
use unicode_width::UnicodeWidthStr;
use wire::admin::{Record, Table};

/// Every cell right-aligned under its header.
pub(super) fn table(table: &Table, no_headers: bool) -> String {
    let gap = if table.ruled { " | " } else { "  " };
    let header: Vec<String> = table.columns.iter().map(|c| clean(c)).collect();
    let rows: Vec<Vec<String>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| clean(&shown(cell))).collect())
        .collect();
    let mut widths: Vec<usize> = match no_headers {
        true => vec![0; header.len()],
        false => header.iter().map(|c| c.width()).collect(),
    };
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let total = widths.iter().sum::<usize>() + gap.len() * widths.len().saturating_sub(1);
    let mut out = title(table.title.as_deref(), total);
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).map(|(c, w)| right(c, *w));
        padded.collect::<Vec<_>>().join(gap) + "\n"
    };
    if !no_headers {
        out.push_str(&line(&header));
        out.push_str(&dashes(total));
    }
    for row in &rows {
        out.push_str(&line(row));
    }
    out
}

/// `key: value` lines with the keys aligned; a section has both sides
/// right-aligned with ` | ` between.
pub(super) fn record(record: &Record) -> String {
    let fields: Vec<(String, String)> = record
        .fields
        .iter()
        .map(|(key, cell)| (clean(key), clean(&shown(cell))))
        .collect();
    let keys = fields.iter().map(|(k, _)| k.width()).max().unwrap_or(0);
    let values = fields.iter().map(|(_, v)| v.width()).max().unwrap_or(0);
    let gap = if record.ruled { 3 } else { 2 };
    let mut out = title(record.title.as_deref(), keys + gap + values);
    for (key, value) in &fields {
        match record.ruled {
            true => {
                out.push_str(&right(key, keys));
                out.push_str(" | ");
                out.push_str(&right(value, values));
            }
            false => {
                out.push_str(key);
                out.push_str(&" ".repeat(keys - key.width()));
                out.push_str(": ");
                out.push_str(value);
            }
        }
        out.push('\n');
    }
    out
}

fn clean(text: &str) -> String {
    printable(text).into_owned()
}

fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

fn dashes(width: usize) -> String {
    format!("{}\n", "-".repeat(width))
}

/// A centred title between dashed lines.
fn title(title: Option<&str>, width: usize) -> String {
    let Some(title) = title.map(clean) else {
        return String::new();
    };
    let width = width.max(title.width());
    let free = width - title.width();
    let left = free / 2;
    let line = format!("{}{title}{}\n", " ".repeat(left), " ".repeat(free - left));
    format!("{0}{line}{0}", dashes(width))
}
