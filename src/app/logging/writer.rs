//! The thread that writes, and the bounded queue before it.
//!
//! Invariant: whoever logs never waits. What finds the queue full is counted and told of.

use super::{Plan, places::Places, record::Record};
use kernel::{
    Clock, SystemClock,
    settings::logging::{Level, is_dispatcher},
};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, SyncSender, TrySendError},
    },
    time::Duration,
};

/// Lines that may wait.
const WAITING: usize = 8192;
/// Loggers whose handlers are remembered; names come from the code, so there are few.
const REMEMBERED: usize = 1024;

enum Order {
    Write(Box<Record>),
    Replace(Arc<Plan>, Box<Places>),
    Flush(mpsc::Sender<()>),
}

/// Where records are put in.
#[derive(Clone)]
pub(super) struct Sender {
    to: SyncSender<Order>,
    lost: Arc<AtomicU64>,
}

impl Sender {
    /// Puts a record in; a full queue loses it.
    pub(super) fn send(&self, record: Record) {
        if let Err(TrySendError::Full(_)) = self.to.try_send(Order::Write(Box::new(record))) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The thread behind the queue.
pub(super) struct Writer {
    sender: Sender,
}

impl Writer {
    pub(super) fn start(plan: Arc<Plan>, places: Places, program: &'static str) -> Self {
        let (to, from) = mpsc::sync_channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let mut work = Work {
            plan,
            places,
            program,
            lost: lost.clone(),
            ways: HashMap::new(),
        };
        let run = move || {
            for order in from {
                work.carry_out(order);
            }
        };
        // Without a thread to write there is nobody to tell.
        let _ = std::thread::Builder::new().name("log".into()).spawn(run);
        Writer {
            sender: Sender { to, lost },
        }
    }

    pub(super) fn sender(&self) -> Sender {
        self.sender.clone()
    }

    /// From here on by another plan; what is in the queue goes the old way.
    pub(super) fn replace(&self, plan: Arc<Plan>, places: Places) {
        let _ = self.sender.to.send(Order::Replace(plan, Box::new(places)));
    }

    /// Waits until all that is in the queue is written, at most so long.
    pub(super) fn flush(&self, most: Duration) {
        let (done, told) = mpsc::channel();
        if self.sender.to.try_send(Order::Flush(done)).is_ok() {
            let _ = told.recv_timeout(most);
        }
    }
}

struct Work {
    plan: Arc<Plan>,
    places: Places,
    program: &'static str,
    lost: Arc<AtomicU64>,
    /// Handlers of each logger, by name.
    ways: HashMap<String, Vec<String>>,
}

impl Work {
    fn carry_out(&mut self, order: Order) {
        match order {
            Order::Write(record) => {
                let lost = self.lost.swap(0, Ordering::Relaxed);
                if lost > 0 {
                    self.write(&warning(format!(
                        "{lost} log lines found no room and are lost"
                    )));
                }
                self.write(&record);
            }
            Order::Replace(plan, places) => {
                self.plan = plan;
                self.places = *places;
                self.ways.clear();
            }
            Order::Flush(done) => {
                let _ = done.send(());
            }
        }
    }

    fn write(&mut self, record: &Record) {
        if self.ways.len() > REMEMBERED {
            self.ways.clear();
        }
        let plan = &self.plan;
        let ways = self.ways.entry(record.name.clone()).or_insert_with(|| {
            let names = plan.setups.of(&record.name).handlers_of(&record.name);
            names.into_iter().map(str::to_owned).collect()
        });
        let mut told = Vec::new();
        for handler in ways {
            let dispatcher = is_dispatcher(&record.name);
            if let Some(trouble) = self.places.write(dispatcher, handler, record, self.program) {
                told.push(trouble);
            }
        }
        for trouble in told {
            let record = warning(trouble);
            self.places.complain(&record, self.program);
        }
    }
}

/// What the log says of itself.
pub(super) fn warning(text: String) -> Record {
    Record {
        at: SystemClock.now(),
        level: Level::WARNING,
        name: "synnefo".to_owned(),
        text,
        fields: Vec::new(),
        code: super::record::Code::default(),
        thread: "log".to_owned(),
    }
}
