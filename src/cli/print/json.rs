//! JSON: texts as the original printed them, or one typed document (ID-CLI-11).

use super::cells::{shown, time};
use serde::Serialize;
use serde_json::{Map, Value, ser::PrettyFormatter};
use wire::admin::{Cell, Output};

/// An array of objects, every value a text.
pub(super) fn texts(columns: &[String], rows: &[Vec<Cell>]) -> String {
    render(&objects(columns, rows, |cell| Value::String(shown(cell))))
}

/// All outputs in one document: the only one, or an array of them.
pub(super) fn document(outputs: &[Output]) -> String {
    let mut parts: Vec<Value> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Table(table) => Some(objects(&table.columns, &table.rows, typed)),
            Output::Record(record) => Some(Value::Object(
                record
                    .fields
                    .iter()
                    .map(|(key, cell)| (key.clone(), typed(cell)))
                    .collect(),
            )),
            Output::Text(line) => Some(Value::String(line.clone())),
            Output::Lines(lines) => Some(lines.iter().cloned().map(Value::String).collect()),
            Output::Told { before, secret } => {
                Some(Value::String(format!("{before}{}", secret.expose())))
            }
            Output::Json(value) => Some(value.clone()),
            Output::Note(_) => None,
        })
        .collect();
    match parts.len() {
        0 => String::new(),
        1 => render(&parts.remove(0)),
        _ => render(&Value::Array(parts)),
    }
}

fn objects(columns: &[String], rows: &[Vec<Cell>], value: fn(&Cell) -> Value) -> Value {
    rows.iter()
        .map(|row| {
            let pairs = columns.iter().zip(row);
            Value::Object(
                pairs
                    .map(|(c, cell)| (c.clone(), value(cell)))
                    .collect::<Map<_, _>>(),
            )
        })
        .collect()
}

fn typed(cell: &Cell) -> Value {
    match cell {
        Cell::None => Value::Null,
        Cell::Bool(truth) => (*truth).into(),
        Cell::Int(n) => (*n).into(),
        Cell::Float(x) => (*x).into(),
        Cell::Text(text) => text.clone().into(),
        Cell::Secret(secret) => secret.expose().into(),
        Cell::Time(at) => time(*at).into(),
        Cell::List(cells) => cells.iter().map(typed).collect(),
    }
}

/// Indented by four (ID-CLI-11).
pub fn render(value: &Value) -> String {
    let mut bytes = Vec::new();
    let formatter = PrettyFormatter::with_indent(b"    ");
    let mut to = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    // Values of serde_json serialise into memory without fail.
    let _ = value.serialize(&mut to);
    bytes.push(b'\n');
    String::from_utf8_lossy(&bytes).into_owned()
}
