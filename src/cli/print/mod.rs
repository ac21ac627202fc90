//! How reports look: aligned for people, csv, json, tabs (ID-CLI-10 … ID-CLI-13).
//!
//! Invariants: data goes to standard output, confirmations to standard error;
//! no control character of a value reaches a terminal.

mod cells;
mod json;
mod pretty;

pub use json::render;

use cells::{printable, shown};
use wire::admin::{Cell, Output, Record, Report, Table};

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// `--output-format`.
    pub format: Format,
    /// `--no-headers`.
    pub no_headers: bool,
}

/// `--output-format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Pretty,
    /// Comma-separated values.
    Csv,
    /// Objects with texts, an array for each table.
    Json,
    /// One document with numbers and truth values.
    JsonTyped,
    /// Values parted by tabs.
    Tabs,
}

impl Format {
    /// The names of the formats.
    pub const NAMES: [&'static str; 5] = ["pretty", "csv", "json", "json-typed", "tabs"];

    /// The format of that name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "pretty" => Format::Pretty,
            "csv" => Format::Csv,
            "json" => Format::Json,
            "json-typed" => Format::JsonTyped,
            "tabs" => Format::Tabs,
            _ => return None,
        })
    }
}

/// What goes to standard output and to standard error.
pub fn report(report: &Report, style: &Style) -> (String, String) {
    let mut out = match style.format {
        Format::JsonTyped => json::document(&report.outputs),
        _ => String::new(),
    };
    let mut err = String::new();
    let mut tables = false;
    for output in &report.outputs {
        match output {
            Output::Note(line) => push_line(&mut err, line),
            _ if style.format == Format::JsonTyped => {}
            Output::Table(table) => {
                separate(&mut out, &mut tables, style);
                out.push_str(&one_table(table, style));
            }
            Output::Record(record) => {
                separate(&mut out, &mut tables, style);
                out.push_str(&one_record(record, style));
            }
            Output::Text(line) => push_line(&mut out, line),
            Output::Told { before, secret } => {
                push_line(&mut out, &format!("{before}{}", secret.expose()));
            }
            Output::Json(value) => out.push_str(&render(value)),
            Output::Lines(lines) => lines.iter().for_each(|line| push_line(&mut out, line)),
        }
    }
    (out, err)
}

fn push_line(text: &mut String, line: &str) {
    for part in line.split('\n') {
        text.push_str(&printable(part));
        text.push('\n');
    }
}

/// An empty line between two tables for people.
fn separate(out: &mut String, tables: &mut bool, style: &Style) {
    if std::mem::replace(tables, true) && style.format == Format::Pretty {
        out.push('\n');
    }
}

fn one_table(table: &Table, style: &Style) -> String {
    match style.format {
        Format::Pretty => pretty::table(table, style.no_headers),
        Format::Csv => csv(&table.columns, &table.rows, style.no_headers),
        Format::Tabs => tabs(&table.columns, &table.rows, style.no_headers),
        Format::Json | Format::JsonTyped => json::texts(&table.columns, &table.rows),
    }
}

fn one_record(record: &Record, style: &Style) -> String {
    if style.format == Format::Pretty {
        return pretty::record(record);
    }
    let (columns, row): (Vec<String>, Vec<Cell>) = record.fields.iter().cloned().unzip();
    let rows = [row];
    match style.format {
        Format::Csv => csv(&columns, &rows, style.no_headers),
        Format::Tabs => tabs(&columns, &rows, style.no_headers),
        _ => json::texts(&columns, &rows),
    }
}

fn csv(columns: &[String], rows: &[Vec<Cell>], no_headers: bool) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if !no_headers {
        // A write into memory does not fail.
        let _ = writer.write_record(columns);
    }
    for row in rows {
        let _ = writer.write_record(row.iter().map(|cell| printable(&shown(cell)).into_owned()));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn tabs(columns: &[String], rows: &[Vec<Cell>], no_headers: bool) -> String {
    let mut out = String::new();
    if !no_headers {
        out.push_str(&columns.join("\t"));
        out.push('\n');
    }
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| printable(&shown(cell)).into_owned())
            .collect();
        out.push_str(&cells.join("\t"));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests;
