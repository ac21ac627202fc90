//! The owner's texts as files.

use super::*;
use kernel::{Settings, settings::Value};

struct Texts {
    dir: tempfile::TempDir,
    shelf: &'static Mutex<Shelf>,
}

impl Texts {
    fn new(files: &[(&str, &str)]) -> Self {
        let texts = Texts {
            dir: tempfile::tempdir().unwrap(),
            shelf: Box::leak(Box::default()),
        };
        for (name, text) in files {
            texts.write(name, text);
        }
        texts
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        let dir = self.dir.path().to_str().unwrap();
        settings.set("PORTAL_DIR", Value::Str(dir.into()));
        settings
    }

    /// Somebody looks long after all was written.
    fn seen(&self, language: &'static str) -> Portal {
        Portal {
            shelf: self.shelf,
            ..Portal::new(&self.settings(), language, Timestamp::MAX)
        }
    }

    fn reads(&self) -> usize {
        self.shelf.lock().unwrap().reads
    }
}

/// Another time of change than the file has.
fn touch(path: &Path) {
    let file = fs::File::open(path).unwrap();
    let at = file.metadata().unwrap().modified().unwrap();
    file.set_modified(at - std::time::Duration::from_secs(60))
        .unwrap();
}

// ID-PTL-02
#[test]
fn texts_are_found_in_the_language_of_the_visitor() {
    let texts = Texts::new(&[
        ("index.md", "# Welcome"),
        ("index.el.md", "# Καλώς ήρθατε"),
        ("pages/prices.html", "<h1>Prices</h1>"),
        ("pages/prices.fr.md", "# Prix"),
        ("pages/only.el.md", "# Μόνο"),
        ("pages/both.html", "<h1>HTML</h1>"),
        ("pages/both.md", "# Markdown"),
    ]);
    let (en, el) = (texts.seen("en"), texts.seen("el"));
    assert_eq!(en.index().unwrap().title, "Welcome");
    assert_eq!(el.index().unwrap().title, "Καλώς ήρθατε");
    assert_eq!(texts.seen("fr").page("prices").unwrap().title, "Prix");
    assert_eq!(el.page("prices").unwrap().title, "Prices");
    assert_eq!(en.page("only").unwrap().title, "Μόνο");
    let titles: Vec<_> = en.pages(9).into_iter().map(|(_, title)| title).collect();
    assert_eq!(titles, ["Markdown", "Μόνο", "Prices"]);
    for none in ["nothing", "../index", "prices.html", ""] {
        assert!(en.page(none).is_none(), "{none}");
    }
}

// ID-PTL-02
#[test]
fn news_are_in_order_of_their_days() {
    let texts = Texts::new(&[
        ("news/2026-01-31-power.md", "# First power cut\n\nDark."),
        ("news/2026-11-02-power.md", "# Second power cut"),
        ("news/2026-03-01-disks.md", "# New disks"),
        ("news/2026-03-01-disks.el.md", "# Νέοι δίσκοι"),
        ("news/undated.md", "# Never"),
        ("news/2026-02-30-no-day.md", "# Never"),
    ]);
    let en = texts.seen("en");
    let news = en.news(0, 10);
    let seen: Vec<_> = news
        .iter()
        .map(|one| format!("{} {} {}", one.date.unwrap(), one.slug, one.text.title))
        .collect();
    assert_eq!(
        seen,
        [
            "2026-11-02 power Second power cut",
            "2026-03-01 disks New disks",
            "2026-01-31 2026-01-31-power First power cut",
        ]
    );
    assert_eq!(
        en.news_item("power").unwrap().text.title,
        "Second power cut"
    );
    let old = en.news_item("2026-01-31-power").unwrap();
    assert_eq!(old.text.lead, "Dark.");
    assert!(en.news_item("undated").is_none() && en.news_item("no-day").is_none());
    let greek = texts.seen("el").news_item("disks").unwrap();
    assert_eq!(greek.text.title, "Νέοι δίσκοι");
}

// ID-PTL-02
#[test]
fn answers_are_by_category() {
    let texts = Texts::new(&[
        (
            "faq/getting-started/a-login.md",
            "# How do I log in?\n\nSo.",
        ),
        ("faq/getting-started/b-files.md", "# Where are my files?"),
        ("faq/billing/price.md", "# What does it cost?"),
        ("faq/stray.md", "# Nowhere"),
        ("faq/empty/.hidden.md", "# Not"),
    ]);
    let faq = texts.seen("en").faq();
    let names: Vec<_> = faq
        .iter()
        .map(|(name, all)| (name.as_str(), all.len()))
        .collect();
    assert_eq!(names, [("Billing", 1), ("Getting started", 2)]);
    assert_eq!(faq[1].1[0].text.title, "How do I log in?");
    assert_eq!(faq[1].1[0].slug, "getting-started-a-login");
}

// ID-PTL-02: read anew when changed, and not otherwise
#[test]
fn what_changed_is_read_again_and_nothing_else() {
    let texts = Texts::new(&[("pages/a.md", "# One")]);
    for n in 0..50 {
        texts.write(&format!("news/2026-01-01-n{n:02}.md"), "# News");
    }
    let en = texts.seen("en");
    assert_eq!(en.page("a").unwrap().title, "One");
    assert_eq!(en.news(0, 3).len(), 3);
    // Two folders, and the four texts that are shown.
    assert_eq!(texts.reads(), 6);
    for _ in 0..5 {
        assert_eq!(en.page("a").unwrap().title, "One");
        assert_eq!(en.news(0, 3).len(), 3);
    }
    assert_eq!(texts.reads(), 6, "read again without need");
    // The same size, another time.
    texts.write("pages/a.md", "# Two");
    touch(&texts.dir.path().join("pages/a.md"));
    assert_eq!(en.page("a").unwrap().title, "Two");
    // A new file is there at once, a removed one gone.
    texts.write("news/2026-02-01-new.md", "# Newest");
    assert_eq!(en.news(0, 1)[0].text.title, "Newest");
    fs::remove_file(texts.dir.path().join("news/2026-02-01-new.md")).unwrap();
    touch(&texts.dir.path().join("news"));
    assert_eq!(en.news(0, 1)[0].text.title, "News");
    assert!(en.news_item("new").is_none());
}

// ID-PTL-02: two changes within the same instant of the clock of the files
#[test]
fn what_has_just_changed_is_not_believed_to_be_settled() {
    let texts = Texts::new(&[("index.md", "# One")]);
    let at = fs::metadata(texts.dir.path().join("index.md")).unwrap();
    let at = at.modified().unwrap();
    let now = Portal {
        now: Timestamp::try_from(at).unwrap(),
        ..texts.seen("en")
    };
    assert_eq!(now.index().unwrap().title, "One");
    texts.write("index.md", "# Two");
    let file = fs::File::open(texts.dir.path().join("index.md")).unwrap();
    file.set_modified(at).unwrap();
    assert_eq!(now.index().unwrap().title, "Two");
}

// ID-PTL-03
#[test]
fn what_is_not_shown_is_told_at_start() {
    let texts = Texts::new(&[
        ("pages/ui.md", "# Mine"),
        ("pages/good.md", "# Good"),
        ("pages/bad name.md", "# Bad"),
        ("news/undated.md", "# Never"),
    ]);
    let en = texts.seen("en");
    assert!(en.page("ui").is_none(), "a reserved name was taken");
    assert_eq!(en.pages(9).len(), 1);
    let mut settings = texts.settings();
    assert_eq!(
        problems(&settings),
        [
            "pages/bad name.md is not shown: no usable name",
            "pages/ui is not shown: the name is reserved",
            "news/undated is not shown: the name begins with no day",
        ]
    );
    let url = Value::Str("https://cloud.example.org/news/".into());
    settings.set("CYCLADES_BASE_URL", url);
    assert!(gives_way(&settings, "news") && !gives_way(&settings, "faq"));
    let problems = problems(&settings);
    assert_eq!(
        problems[0],
        "/news/ is a service's: the front page's own is not shown"
    );
}

// ID-PTL-02: missing files are no trouble, too large ones are not read
#[test]
fn nothing_there_is_nothing_shown() {
    let texts = Texts::new(&[]);
    let en = texts.seen("en");
    assert!(en.index().is_none() && en.page("a").is_none() && en.news_item("a").is_none());
    assert!(en.news(0, 9).is_empty() && en.faq().is_empty() && en.pages(9).is_empty());
    texts.write("pages/large.md", &"x".repeat(1 << 21));
    assert!(en.page("large").is_none());
}
