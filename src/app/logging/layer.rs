//! From `tracing` events to records: which pass, and what they say.

use super::{
    Plan,
    record::{Code, Record},
    redact::Redaction,
    writer::Sender,
};
use arc_swap::ArcSwap;
use kernel::{
    Clock, Settings, SystemClock,
    settings::{
        Value,
        logging::{Level, name_of},
    },
};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::Interest,
};
use tracing_subscriber::{Layer, filter::LevelFilter, layer::Context, registry::LookupSpan};

/// Which messages pass.
pub(super) struct Gate {
    now: ArcSwap<Rules>,
    /// Levels set while the service runs.
    set: Mutex<Levels>,
}

/// Levels set by hand, and the how many-th setting each was.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    all: BTreeMap<String, (Level, u64)>,
    turns: u64,
}

struct Rules {
    plan: Arc<Plan>,
    redaction: Redaction,
    /// Of what happens to accounts (ID-CON-09); None: not said.
    accounts: Option<Level>,
    set: BTreeMap<String, (Level, u64)>,
}

fn accounts(settings: &Settings) -> Option<Level> {
    let level = match settings.get("ASTAKOS_LOGGING_LEVEL") {
        Some(Value::Str(name)) => Level::from_name(name).unwrap_or(Level::INFO),
        Some(Value::Int(n)) => Level(u16::try_from(*n).unwrap_or(20)),
        Some(Value::None) => Level::NOTSET,
        _ => Level::INFO,
    };
    (level != Level::NOTSET).then_some(level)
}

impl Gate {
    pub(super) fn new(settings: &Settings, plan: Arc<Plan>) -> Self {
        Gate {
            now: ArcSwap::from_pointee(Rules::new(settings, plan, BTreeMap::new())),
            set: Mutex::default(),
        }
    }

    pub(super) fn replace(&self, settings: &Settings, plan: Arc<Plan>) {
        let set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        let rules = Rules::new(settings, plan, set.all.clone());
        self.now.store(Arc::new(rules));
    }

    /// Sets the level of a logger and those below it; which setting this was, for
    /// [`Gate::forget_level`].
    pub(super) fn set_level(&self, name: &str, level: Level) -> u64 {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        set.turns += 1;
        let turn = set.turns;
        set.all.insert(name.to_owned(), (level, turn));
        self.take(&set);
        turn
    }

    /// The level of the settings is in force again, unless it was set anew after `turn`.
    pub(super) fn forget_level(&self, name: &str, turn: Option<u64>) -> bool {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |(_, own): &(Level, u64)| turn.is_none_or(|turn| turn == *own);
        let known = set.all.get(name).is_some_and(same);
        if known {
            set.all.remove(name);
            self.take(&set);
        }
        known
    }

    /// Levels set by hand.
    pub(super) fn set_levels(&self) -> Vec<(String, Level)> {
        let set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        let each = set.all.iter();
        each.map(|(name, (level, _))| (name.clone(), *level))
            .collect()
    }

    fn take(&self, set: &Levels) {
        let now = self.now.load();
        self.now.store(Arc::new(Rules {
            plan: now.plan.clone(),
            redaction: now.redaction.clone(),
            accounts: now.accounts,
            set: set.all.clone(),
        }));
    }
}

impl Rules {
    fn new(settings: &Settings, plan: Arc<Plan>, set: BTreeMap<String, (Level, u64)>) -> Self {
        Rules {
            redaction: Redaction::new(settings),
            accounts: accounts(settings),
            plan,
            set,
        }
    }

    fn level_of(&self, name: &str) -> Level {
        let mut own = (!self.set.is_empty()).then_some(name);
        while let Some(here) = own {
            if let Some((level, _)) = self.set.get(here) {
                return *level;
            }
            own = here.rsplit_once('.').map(|(parent, _)| parent);
        }
        self.plan.setups.of(name).level_of(name)
    }

    /// The level a message is said at; None: not at all.
    fn said(&self, name: &str, level: Level) -> Option<Level> {
        match name {
            "astakos.im" if level == Level::INFO => self.accounts,
            _ => Some(level),
        }
    }

    fn passes(&self, metadata: &Metadata<'_>) -> bool {
        let name = name_of(metadata.target());
        let said = self.said(&name, level(metadata));
        said.is_some_and(|said| said >= self.level_of(&name))
    }

    fn lowest(&self) -> Level {
        let setups = &self.plan.setups;
        let setups = [setups.main.lowest(), setups.dispatcher.lowest()];
        let set = self.set.values().map(|(level, _)| *level);
        setups.into_iter().chain(set).min().unwrap_or(Level::NOTSET)
    }
}

fn level(metadata: &Metadata<'_>) -> Level {
    match *metadata.level() {
        tracing::Level::TRACE => Level::TRACE,
        tracing::Level::DEBUG => Level::DEBUG,
        tracing::Level::INFO => Level::INFO,
        tracing::Level::WARN => Level::WARNING,
        tracing::Level::ERROR => Level::ERROR,
    }
}

/// Listens to `tracing`.
pub(super) struct Lines {
    gate: Arc<Gate>,
    to: Sender,
}

impl Lines {
    pub(super) fn new(gate: Arc<Gate>, to: Sender) -> Self {
        Lines { gate, to }
    }
}

/// Text and fields of an event or a span.
#[derive(Default)]
struct Said {
    text: String,
    fields: Vec<(String, String)>,
}

impl Said {
    fn put(&mut self, field: &Field, value: String) {
        match field.name() {
            "message" => self.text = value,
            name => self.fields.push((name.to_owned(), value)),
        }
    }
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        match metadata.is_span() || self.gate.now.load().passes(metadata) {
            true => Interest::always(),
            false => Interest::never(),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.is_span() || self.gate.now.load().passes(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        // Spans are of level INFO and always wanted.
        Some(match self.gate.now.load().lowest() {
            Level(..=5) => LevelFilter::TRACE,
            Level(..=10) => LevelFilter::DEBUG,
            _ => LevelFilter::INFO,
        })
    }

    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, cx: Context<'_, S>) {
        let mut said = Said::default();
        attributes.record(&mut said);
        if let Some(span) = cx.span(id) {
            span.extensions_mut().insert(said);
        }
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        let rules = self.gate.now.load();
        let metadata = event.metadata();
        let name = name_of(metadata.target());
        let Some(level) = rules.said(&name, level(metadata)) else {
            return;
        };
        if level < rules.level_of(&name) {
            return;
        }
        let mut own = Said::default();
        event.record(&mut own);
        let mut fields = Vec::new();
        for span in cx
            .event_scope(event)
            .into_iter()
            .flat_map(|scope| scope.from_root())
        {
            if let Some(said) = span.extensions().get::<Said>() {
                let named = |(key, value): &(String, String)| {
                    (format!("{}.{key}", span.name()), value.clone())
                };
                fields.extend(said.fields.iter().map(named));
            }
        }
        fields.append(&mut own.fields);
        for (key, value) in &mut fields {
            *value = rules.redaction.field(key, value);
        }
        self.to.send(Record {
            at: SystemClock.now(),
            level,
            name,
            text: rules.redaction.text(&own.text),
            fields,
            code: Code {
                module: metadata.module_path().unwrap_or_default(),
                path: metadata.file().unwrap_or_default(),
                line: metadata.line().unwrap_or(0),
            },
            thread: std::thread::current().name().unwrap_or("-").to_owned(),
        });
    }
}
