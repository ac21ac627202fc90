//! Entries as lines of files: CSV for spreadsheets, JSON for programs.

use crate::row::Entry;
use kernel::{Error, Result};

/// First line of the CSV form.
pub const CSV_HEAD: &str =
    "id,time,who,who name,from,request,action,target kind,target id,target name,changes\r\n";

/// A value no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// The line of an entry in CSV, with its end.
///
/// # Errors
/// None in practice.
pub fn csv_line(entry: &Entry) -> Result<String> {
    let changes: Vec<String> = entry
        .fields
        .iter()
        .map(|f| format!("{}: {} → {}", f.name, f.before, f.after))
        .collect();
    csv_row(&[
        &entry.id.to_string(),
        &entry.at.to_string(),
        &entry.who.key(),
        &entry.name,
        &entry.from,
        entry.request.as_deref().unwrap_or_default(),
        &entry.action,
        &entry.target.kind,
        &entry.target.id,
        &entry.target.name,
        &changes.join("; "),
    ])
}

/// A line of any CSV file, with its end; no cell is taken for a formula.
///
/// # Errors
/// None in practice.
pub fn csv_row(cells: &[&str]) -> Result<String> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let cells = cells.iter().map(|text| harmless(text));
    writer.write_record(cells).map_err(Error::broken)?;
    let bytes = writer
        .into_inner()
        .map_err(|e| Error::broken(e.to_string()))?;
    String::from_utf8(bytes).map_err(Error::broken)
}

/// The line of an entry in JSON, with its end.
///
/// # Errors
/// None in practice.
pub fn json_line(entry: &Entry) -> Result<String> {
    let value = serde_json::json!({
        "id": entry.id, "time": entry.at.to_string(), "who": entry.who.key(),
        "who_name": entry.name, "from": entry.from, "request": entry.request,
        "action": entry.action,
        "target": {"kind": entry.target.kind, "id": entry.target.id, "name": entry.target.name},
        "changes": entry.fields.iter().map(|f| serde_json::json!({
            "field": f.name, "before": f.before, "after": f.after,
        })).collect::<Vec<_>>(),
    });
    Ok(format!("{value}\n"))
}
