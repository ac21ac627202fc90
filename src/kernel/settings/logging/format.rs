//! Formats of log lines: `%(asctime)s %(levelname)-8s %(message)s`.

/// What a line may show of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The instant, by `datefmt`.
    AscTime,
    /// `INFO`.
    LevelName,
    /// 20.
    LevelNo,
    /// Of the logger.
    Name,
    /// The text.
    Message,
    /// Number of the process.
    Process,
    /// Name of the program.
    ProcessName,
    /// Number of the thread.
    Thread,
    /// Its name.
    ThreadName,
    /// Of the code.
    Module,
    /// Of the code.
    FuncName,
    /// Of the code.
    LineNo,
    /// Of the code.
    PathName,
    /// Of the code, without folders.
    FileName,
    /// Seconds since 1970.
    Created,
    /// The thousandths of the instant.
    Msecs,
}

const FIELDS: [(&str, Field); 16] = [
    ("asctime", Field::AscTime),
    ("levelname", Field::LevelName),
    ("levelno", Field::LevelNo),
    ("name", Field::Name),
    ("message", Field::Message),
    ("process", Field::Process),
    ("processName", Field::ProcessName),
    ("thread", Field::Thread),
    ("threadName", Field::ThreadName),
    ("module", Field::Module),
    ("funcName", Field::FuncName),
    ("lineno", Field::LineNo),
    ("pathname", Field::PathName),
    ("filename", Field::FileName),
    ("created", Field::Created),
    ("msecs", Field::Msecs),
];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field {
        field: Field,
        left: bool,
        zeros: bool,
        width: usize,
        most: Option<usize>,
    },
}

/// A format that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    parts: Vec<Part>,
    /// `strftime` of the instant; None: `2026-11-25 19:13:48,896`.
    pub datefmt: Option<String>,
}

/// Widths beyond this are a mistake.
const WIDEST: usize = 200;

impl Format {
    /// Reads a format.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(text: &str, datefmt: Option<&str>) -> Result<Self, String> {
        if let Some(date) = datefmt {
            let sample = jiff::Zoned::new(jiff::Timestamp::UNIX_EPOCH, jiff::tz::TimeZone::UTC);
            jiff::fmt::strtime::format(date, &sample)
                .map_err(|cause| format!("'datefmt' is not understood: {cause}"))?;
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            parts.push(Part::Text(before.to_owned()));
            rest = match after.strip_prefix('%') {
                Some(after) => {
                    parts.push(Part::Text("%".to_owned()));
                    after
                }
                None => {
                    let (part, after) = field(after)?;
                    parts.push(part);
                    after
                }
            };
        }
        parts.push(Part::Text(rest.to_owned()));
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Ok(Format {
            parts,
            datefmt: datefmt.map(str::to_owned),
        })
    }

    /// The line, from the values of its fields.
    pub fn line(&self, value: impl Fn(Field) -> String) -> String {
        let mut line = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => line.push_str(text),
                Part::Field {
                    field,
                    left,
                    zeros,
                    width,
                    most,
                } => {
                    let mut text = value(*field);
                    if let Some((end, _)) = most.and_then(|most| text.char_indices().nth(most)) {
                        text.truncate(end);
                    }
                    line.push_str(&match (left, zeros) {
                        (true, _) => format!("{text:<width$}"),
                        (false, true) => format!("{text:0>width$}"),
                        (false, false) => format!("{text:>width$}"),
                    });
                }
            }
        }
        line
    }
}

/// `(levelname)-8s…`: the field and what follows it.
fn field(text: &str) -> Result<(Part, &str), String> {
    let wrong = || "'format' has a % that begins no %(field)s".to_owned();
    let (name, rest) = text
        .strip_prefix('(')
        .and_then(|text| text.split_once(')'))
        .ok_or_else(wrong)?;
    let field = FIELDS.iter().find(|(known, _)| *known == name);
    let (_, field) = field.ok_or_else(|| format!("'format' has an unknown field '{name}'"))?;
    let end = rest
        .find(|c: char| !"-0 +#.123456789".contains(c))
        .ok_or_else(wrong)?;
    let (flags, rest) = rest.split_at(end);
    let kind = rest.chars().next().filter(|c| "sdfigr".contains(*c));
    kind.ok_or_else(wrong)?;
    let rest = rest.get(1..).unwrap_or_default();
    let (width, most) = match flags.split_once('.') {
        Some((width, most)) => (width, Some(number(most)?)),
        None => (flags, None),
    };
    let left = width.contains('-');
    let width = width.trim_start_matches(['-', '+', ' ', '#']);
    let part = Part::Field {
        field: *field,
        left,
        zeros: width.starts_with('0'),
        width: number(width)?,
        // Digits after the point of a number are not what is cut off.
        most: most.filter(|_| kind == Some('s')),
    };
    Ok((part, rest))
}

fn number(digits: &str) -> Result<usize, String> {
    if digits.is_empty() {
        return Ok(0);
    }
    let number = digits.parse().ok().filter(|n| *n <= WIDEST);
    number.ok_or_else(|| format!("'format' has a width '{digits}'"))
}
