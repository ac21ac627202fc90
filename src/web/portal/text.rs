//! A text of the owner made ready for a page: Markdown or HTML, with its title taken
//! out of it.
//!
//! Invariant: what leaves here as HTML is harmless, as terms are (ID-PTL-02).

use identity::harmless;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Longest beginning that a list shows, characters.
const LEAD: usize = 240;

/// A text that can be shown.
#[derive(Debug, PartialEq)]
pub(crate) struct Text {
    /// Its first heading; its name where it has none.
    pub(crate) title: String,
    /// The rest.
    pub(crate) html: String,
    /// How the rest begins, without form.
    pub(crate) lead: String,
}

/// Makes the text of a file ready; `name` stands in for a title.
pub(super) fn ready(file: &str, source: &str, name: &str) -> Text {
    let source = source.trim_start_matches('\u{feff}');
    let (title, html) = match file.ends_with(".md") {
        true => of_markdown(source),
        false => of_html(source),
    };
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    Text {
        title: match title.is_empty() {
            true => words(name),
            false => title,
        },
        lead: lead(&html),
        html,
    }
}

/// A name as words: `getting-started` is "Getting started".
pub(super) fn words(name: &str) -> String {
    let mut all = name.replace(['-', '_'], " ");
    if let Some(first) = all.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    all
}

fn of_markdown(source: &str) -> (String, String) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut events = Parser::new_ext(source, options).peekable();
    let mut title = String::new();
    let heads = |event: &Event<'_>| {
        matches!(
            event,
            Event::Start(Tag::Heading {
                level: HeadingLevel::H1,
                ..
            })
        )
    };
    if events.next_if(heads).is_some() {
        for event in events.by_ref() {
            match event {
                Event::End(TagEnd::Heading(_)) => break,
                Event::Text(text) | Event::Code(text) => title.push_str(&text),
                Event::SoftBreak | Event::HardBreak => title.push(' '),
                _ => {}
            }
        }
    }
    let mut out = String::new();
    html::push_html(&mut out, events);
    (title, harmless(&out))
}

fn of_html(source: &str) -> (String, String) {
    let html = harmless(source);
    let rest = html.trim_start();
    let head = rest
        .strip_prefix("<h1>")
        .and_then(|rest| rest.split_once("</h1>"));
    match head {
        Some((title, rest)) => (plain(title), rest.to_owned()),
        None => (String::new(), html),
    }
}

/// Harmless HTML without its form.
fn plain(html: &str) -> String {
    let (mut out, mut inside) = (String::new(), false);
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    for (name, c) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&nbsp;", "\u{a0}"),
        ("&amp;", "&"),
    ] {
        out = out.replace(name, c);
    }
    out
}

/// How a text begins.
fn lead(html: &str) -> String {
    let text = plain(html.split("</p>").next().unwrap_or_default());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= LEAD {
        return text;
    }
    let cut: String = text.chars().take(LEAD).collect();
    let whole = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} …")
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-PTL-02 ID-TRM-05 ID-SEC-23
    #[test]
    fn texts_keep_their_form_and_run_nothing() {
        let source = "# Power cut on *Sunday*\n\nAll is `well` again & more.\n\n\
            <script>alert(1)</script>\n\n[a](javascript:x) [b](/ui/login)\n\n\
            <b onclick=\"x()\">bold</b>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
        let text = ready("x.md", source, "x");
        assert_eq!(text.title, "Power cut on Sunday");
        assert_eq!(text.lead, "All is well again & more.");
        for gone in ["script", "alert", "onclick", "<h1", "Power"] {
            assert!(!text.html.contains(gone), "{gone}: {}", text.html);
        }
        for there in [
            "<code>well</code>",
            "<a href=\"/ui/login\"",
            "<b>bold</b>",
            "<td>2</td>",
        ] {
            assert!(text.html.contains(there), "{there}: {}", text.html);
        }
        let page = "<html><head><title>T</title></head><body><h1>A &amp; <i>B</i></h1>\
            <p onload=x>Text <iframe src=//evil></iframe></p></body></html>";
        let text = ready("x.html", page, "x");
        assert_eq!(text.title, "A & B");
        assert!(text.html.starts_with("<p>Text"), "{}", text.html);
        assert!(!text.html.contains("iframe"), "{}", text.html);
    }

    // ID-PTL-02
    #[test]
    fn a_text_without_a_heading_is_called_by_its_name() {
        let text = ready("x.md", "Only words.", "getting-started");
        assert_eq!(
            (text.title.as_str(), text.lead.as_str()),
            ("Getting started", "Only words.")
        );
        let long = "word ".repeat(200);
        let lead = ready("x.md", &long, "x").lead;
        assert!(
            lead.chars().count() <= LEAD + 2 && lead.ends_with("word …"),
            "{lead}"
        );
    }
}
