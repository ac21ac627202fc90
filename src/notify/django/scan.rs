//! A template cut into text, values, tags and comments. As in the original, what does
//! not end on its own line is text.

/// A piece of a template; values and tags without their braces, trimmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
    Tag(&'a str),
    Comment,
}

/// The pieces, each with the line it begins in.
pub(super) fn pieces(source: &str) -> impl Iterator<Item = (usize, Piece<'_>)> {
    let mut scan = Scan {
        source,
        at: 0,
        endless: [0; 3],
    };
    let mut line = 1;
    std::iter::from_fn(move || {
        let from = scan.at;
        let piece = scan.next()?;
        let begun = line;
        line += source[from..scan.at].matches('\n').count();
        Some((begun, piece))
    })
}

struct Scan<'a> {
    source: &'a str,
    at: usize,
    /// For each kind: up to here there is no end of it on its line, so that a long
    /// line is not searched again and again.
    endless: [usize; 3],
}

impl<'a> Scan<'a> {
    fn next(&mut self) -> Option<Piece<'a>> {
        if self.at >= self.source.len() {
            return None;
        }
        let begun = self.at;
        let mut from = begun;
        while let Some(found) = self.source[from..].find('{') {
            let at = from + found;
            if let Some((piece, after)) = self.special(at) {
                if at > begun {
                    self.at = at;
                    return Some(Piece::Text(&self.source[begun..at]));
                }
                self.at = after;
                return Some(piece);
            }
            from = at + 1;
        }
        self.at = self.source.len();
        Some(Piece::Text(&self.source[begun..]))
    }

    /// A value, tag or comment at `at`, and where it is over.
    fn special(&mut self, at: usize) -> Option<(Piece<'a>, usize)> {
        let (kind, end) = match self.source.as_bytes().get(at + 1)? {
            b'{' => (0, "}}"),
            b'%' => (1, "%}"),
            b'#' => (2, "#}"),
            _ => return None,
        };
        if at < self.endless[kind] {
            return None;
        }
        let body = &self.source[at + 2..];
        let line = &body[..body.find('\n').unwrap_or(body.len())];
        let Some(length) = line.find(end) else {
            self.endless[kind] = at + 2 + line.len();
            return None;
        };
        let inner = line[..length].trim();
        let piece = match kind {
            0 => Piece::Variable(inner),
            1 => Piece::Tag(inner),
            _ => Piece::Comment,
        };
        Some((piece, at + 2 + length + 2))
    }
}
