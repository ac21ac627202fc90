//! What a command prints: tables, records and lines with typed cells. How they
//! look (pretty, json, csv) is decided by `cli` alone.

use super::command::Secret;
use kernel::Timestamp;

/// One value of a table or record.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Absent; prints `None`.
    #[default]
    None,
    /// Prints `True` or `False`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with decimals.
    Float(f64),
    /// Text as it is.
    Text(String),
    /// A token or password; the log of commands does not get it.
    Secret(Secret),
    /// An instant; prints `YYYY-MM-DD HH:MM:SS[.ffffff]`, UTC.
    Time(Timestamp),
    /// Prints like `['a', 'b']`.
    List(Vec<Cell>),
}

macro_rules! cell_from {
    ($($from:ty => |$x:ident| $to:expr;)*) => {$(
        impl From<$from> for Cell {
            fn from($x: $from) -> Self { $to }
        }
    )*};
}

cell_from! {
    bool => |x| Cell::Bool(x);
    i64 => |x| Cell::Int(x);
    i32 => |x| Cell::Int(x.into());
    u64 => |x| i64::try_from(x).map_or_else(|_| Cell::Text(x.to_string()), Cell::Int);
    usize => |x| Cell::from(x as u64);
    u32 => |x| Cell::Int(x.into());
    u16 => |x| Cell::Int(x.into());
    u8 => |x| Cell::Int(x.into());
    f64 => |x| Cell::Float(x);
    &str => |x| Cell::Text(x.to_owned());
    &String => |x| Cell::Text(x.clone());
    String => |x| Cell::Text(x);
    Timestamp => |x| Cell::Time(x);
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::None, Into::into)
    }
}

impl<T: Into<Cell>> From<Vec<T>> for Cell {
    fn from(values: Vec<T>) -> Self {
        Cell::List(values.into_iter().map(Into::into).collect())
    }
}

/// A table with headers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Stands centred between dashed lines above the table.
    pub title: Option<String>,
    /// Headers.
    pub columns: Vec<String>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// Columns are parted by ` | ` instead of two spaces.
    pub ruled: bool,
}

impl Table {
    /// An empty table with these headers.
    pub fn new<S: Into<String>>(columns: impl IntoIterator<Item = S>) -> Self {
        Table {
            columns: columns.into_iter().map(Into::into).collect(),
            ..Table::default()
        }
    }

    /// The same table under a title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// The same table with ` | ` between the columns.
    #[must_use]
    pub fn ruled(mut self) -> Self {
        self.ruled = true;
        self
    }

    /// Appends a row.
    pub fn push(&mut self, row: impl IntoIterator<Item = Cell>) {
        self.rows.push(row.into_iter().collect());
    }
}

/// One thing with its properties, a line each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Stands centred between dashed lines above the record.
    pub title: Option<String>,
    /// Keys and values in the order of printing.
    pub fields: Vec<(String, Cell)>,
    /// The sections of inspect commands: right-aligned, ` | ` between.
    pub ruled: bool,
}

impl Record {
    /// An empty record.
    pub fn new() -> Self {
        Record::default()
    }

    /// The same record under a title, as a section of an inspect command.
    #[must_use]
    pub fn section(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self.ruled = true;
        self
    }

    /// The same record with one more line.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Cell>) -> Self {
        self.fields.push((key.to_owned(), value.into()));
        self
    }
}

/// One piece of what a command prints.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Rows under headers.
    Table(Table),
    /// One thing.
    Record(Record),
    /// A line of data for standard output.
    Text(String),
    /// Lines of data for standard output.
    Lines(Vec<String>),
    /// A line of data that ends in a token or password; the log of commands gets only
    /// what stands before it.
    Told {
        /// What it is.
        before: String,
        /// The token or password.
        secret: Secret,
    },
    /// A document of its own, for standard output.
    Json(serde_json::Value),
    /// A confirmation or progress line, for standard error (ID-CLI-05).
    Note(String),
}

/// Stands for a secret in logs.
pub const MASK: &str = "********";

/// All that a command prints at its end, and its exit status.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// In the order of printing.
    pub outputs: Vec<Output>,
    /// 0, or 1 when some part failed (each failure was said).
    pub code: i32,
}

impl Report {
    /// Nothing to print.
    pub fn new() -> Self {
        Report::default()
    }

    /// The same report with one more piece.
    #[must_use]
    pub fn with(mut self, output: impl Into<Output>) -> Self {
        self.outputs.push(output.into());
        self
    }

    /// The same report with one more line of data.
    #[must_use]
    pub fn text(self, line: impl Into<String>) -> Self {
        self.with(Output::Text(line.into()))
    }

    /// The same report with a line that ends in a secret.
    #[must_use]
    pub fn told(self, before: impl Into<String>, secret: impl Into<String>) -> Self {
        self.with(Output::Told {
            before: before.into(),
            secret: Secret::new(secret),
        })
    }

    /// The same report without its secrets, for the log of commands (ID-CLI-07).
    #[must_use]
    pub fn masked(mut self) -> Self {
        let hide = |cell: &mut Cell| {
            if let Cell::Secret(text) = cell {
                *text = Secret::new(MASK);
            }
        };
        for output in &mut self.outputs {
            match output {
                Output::Table(table) => table.rows.iter_mut().flatten().for_each(hide),
                Output::Record(record) => record.fields.iter_mut().map(|(_, c)| c).for_each(hide),
                Output::Told { secret, .. } => *secret = Secret::new(MASK),
                _ => {}
            }
        }
        self
    }

    /// The same report with one more confirmation.
    #[must_use]
    pub fn note(self, line: impl Into<String>) -> Self {
        self.with(Output::Note(line.into()))
    }
}

impl From<Table> for Output {
    fn from(table: Table) -> Self {
        Output::Table(table)
    }
}

impl From<Record> for Output {
    fn from(record: Record) -> Self {
        Output::Record(record)
    }
}
