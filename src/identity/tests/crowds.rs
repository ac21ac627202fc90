//! Many people at the same service at once. Who comes first is left to the scheduler;
//! whatever it was, what works once worked once, and nobody ends up with somebody else's
//! address, decision or account.

use super::{seeded::seed, *};
use crate::{
    Agreed, Arrival, Decision,
    outside::{Asked, OutsideSignUp},
    provider::Outside,
    rows::User,
};
use kernel::secret::ExposeSecret;
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

/// What succeeded, by the text that allowed it.
#[derive(Default)]
struct Log {
    /// Uses of codes, links of moderators, keys, links for passwords, tokens.
    used: BTreeMap<String, usize>,
    /// Decisions by account.
    decided: BTreeMap<u64, usize>,
    proven: BTreeSet<(u64, String)>,
}

/// Texts that were mailed.
#[derive(Clone, Default)]
struct Mailed {
    codes: Vec<String>,
    links: Vec<String>,
    keys: Vec<(String, kernel::UserId)>,
    resets: Vec<(String, String)>,
}

struct Crowd {
    world: World,
    log: Mutex<Log>,
    seed: u64,
}

fn address(n: u64) -> String {
    format!(
        "{}@example.org",
        ["ann", "bob", "eve", "kim", "zoe"][n as usize % 5]
    )
}

/// Somebody at an address of their own, so that the limits of forms are not met.
fn visitor(n: u64) -> ClientInfo {
    from(&format!(
        "10.{}.{}.{}",
        n >> 16 & 255,
        n >> 8 & 255,
        n & 255
    ))
}

impl Crowd {
    fn new(seed: u64) -> Arc<Self> {
        let modules = ["local", "google"].map(text);
        let world = World::with(&[
            ("ASTAKOS_MODERATION_ENABLED", Value::Bool(true)),
            ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true)),
            ("ASTAKOS_IM_MODULES", Value::List(modules.into())),
        ]);
        Arc::new(Crowd {
            world,
            log: Mutex::default(),
            seed,
        })
    }

    fn note(&self, text: &str) {
        *self
            .log
            .lock()
            .unwrap()
            .used
            .entry(text.to_owned())
            .or_default() += 1;
    }

    fn proved(&self, user: &UserView) {
        let proof = (user.no.0, user.username.clone());
        self.log.lock().unwrap().proven.insert(proof);
    }

    /// Reads what was mailed since the last call.
    async fn mailed(&self) -> Mailed {
        let mut all = Mailed::default();
        for mail in self.world.mails().await {
            all.codes.extend(code(&mail));
            let url = mail.context.get("url").and_then(|url| url.as_str());
            let Some(url) = url.map(|url| url.trim_end_matches('/')) else {
                continue;
            };
            let mut parts = url.rsplit('/').map(str::to_owned);
            let tail = parts.next().unwrap();
            match mail.template.as_str() {
                "im/account_pending_moderation_notification" => all.links.push(tail),
                "registration/password_email" => all.resets.push((parts.next().unwrap(), tail)),
                name if name.contains("email_change") => {
                    let user = mail.context["user"]["uuid"].as_str().unwrap();
                    all.keys.push((tail, user.parse().unwrap()));
                }
                _ => {}
            }
        }
        all
    }

    /// Everything at once, in an order of its own.
    async fn all(self: &Arc<Self>, mut acts: Vec<Act>) {
        acts.shuffle(&mut StdRng::seed_from_u64(self.seed));
        let tasks = acts.into_iter().enumerate().map(|(n, act)| {
            let crowd = self.clone();
            tokio::spawn(async move { crowd.act(act, n as u64).await })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    }

    async fn act(&self, act: Act, n: u64) {
        let (s, from) = (&self.world.service, visitor(n + 1));
        match act {
            Act::SignUp(email) => drop(s.sign_up(form(&email), &from).await),
            Act::Arrive(identity, email) => self.come(&identity, email, &from).await,
            Act::Follow(code) => {
                if let Ok(verified) = s.verify(&code, &from).await {
                    self.note(&code);
                    self.proved(&verified.user);
                }
            }
            Act::Decide(link, decision) => {
                if let Ok(seen) = s.decide(&link, decision, &from).await
                    && seen.decided.unwrap().just_now
                {
                    self.note(&link);
                    *self
                        .log
                        .lock()
                        .unwrap()
                        .decided
                        .entry(seen.user.no.0)
                        .or_default() += 1;
                }
            }
            Act::Reject(user) => {
                let reject = vec![UserChange::Reject("no".into())];
                if s.admin_modify(&ROOT, user.no, reject).await.is_ok() {
                    *self
                        .log
                        .lock()
                        .unwrap()
                        .decided
                        .entry(user.no.0)
                        .or_default() += 1;
                }
            }
            Act::Change(user, to) => {
                drop(s.request_email_change(user.uuid, &to, &from).await);
            }
            Act::Agree(key, user) => {
                if matches!(s.agree_email_change(&key, None).await, Ok(Agreed::Changed)) {
                    let now = s.user(user).await.unwrap();
                    self.note(&format!("the move of {user}"));
                    self.proved(&now);
                }
            }
            Act::Reset(user, token) => {
                let new = secret(&format!("another good one {n}"));
                if s.reset_password(&user, &token, new, false).await.is_ok() {
                    self.note(&token);
                }
            }
            Act::LogIn(email) => {
                if let Ok(LoginOutcome::In(login)) = s.log_in(&email, secret(PASSWORD), &from).await
                {
                    assert!(login.user.active && !login.user.rejected);
                }
            }
        }
    }

    /// Somebody known elsewhere comes and signs up, or is known.
    async fn come(&self, identity: &str, email: String, from: &ClientInfo) {
        let outside = Outside {
            module: "google".into(),
            identifier: identity.into(),
            ..Outside::default()
        };
        let s = &self.world.service;
        let arrived = s.arrive(None, outside, Asked::default(), from).await;
        if let Ok(Arrival::SignUp(token)) = arrived {
            let form = OutsideSignUp {
                email,
                language: "en".into(),
                ..OutsideSignUp::default()
            };
            let token = token.expose_secret();
            if s.outside_sign_up(token, form, from).await.is_ok() {
                self.note(token);
            }
        }
    }

    async fn users(&self) -> Vec<UserView> {
        let numbers = self
            .world
            .store
            .read(|tx| tx.scan::<User>(None, 1000))
            .await;
        let mut all = Vec::new();
        for user in numbers.unwrap() {
            all.push(self.world.service.user(user.uuid).await.unwrap());
        }
        all
    }

    /// What works once worked once; the addresses that were proven.
    fn counted_once(&self) -> BTreeSet<(u64, String)> {
        let (log, seed) = (self.log.lock().unwrap(), self.seed);
        let twice: Vec<_> = log.used.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "SEED={seed}: used twice: {twice:?}");
        let decided = log.decided.iter();
        let twice: Vec<_> = decided.filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "SEED={seed}: decided twice: {twice:?}");
        log.proven.clone()
    }

    /// What must hold whatever happened.
    async fn check(&self) {
        let seed = self.seed;
        let proven = self.counted_once();
        let (mut names, mut identities) = (BTreeSet::new(), BTreeSet::new());
        for user in self.users().await {
            assert!(names.insert(user.username.clone()), "SEED={seed}: {user:?}");
            assert!(!(user.rejected && user.active), "SEED={seed}: {user:?}");
            let proof = (user.no.0, user.username.clone());
            let vouched = !user.verified || proven.contains(&proof);
            assert!(vouched, "SEED={seed}: not proven: {user:?}");
            let own = user
                .methods
                .iter()
                .filter(|m| !m.identifier.is_empty() && user.verified);
            for method in own {
                let once = identities.insert(method.identifier.clone());
                assert!(once, "SEED={seed}: {method:?}");
            }
            let token = self.world.token(&user).await;
            let known = self.world.service.caller_by_token(&token).is_ok();
            assert_eq!(known, user.active, "SEED={seed}: {user:?}");
        }
    }
}

#[derive(Clone)]
enum Act {
    SignUp(String),
    Arrive(String, String),
    Follow(String),
    Decide(String, Decision),
    Reject(UserView),
    Change(UserView, String),
    Agree(String, kernel::UserId),
    Reset(String, String),
    LogIn(String),
}

/// Five addresses, each registered three times at once, here and from elsewhere.
async fn registrations(crowd: &Arc<Crowd>) {
    let mut acts = Vec::new();
    for n in 0..5 {
        let upper = address(n).to_uppercase();
        acts.extend([Act::SignUp(address(n)), Act::SignUp(upper)]);
        acts.push(Act::Arrive(format!("identity {}", n % 2), address(n)));
    }
    crowd.all(acts).await;
}

/// Every link followed twice, while the same addresses sign up again; then once more, so
/// that whoever registered in between proves the address.
async fn verifications(crowd: &Arc<Crowd>) -> Mailed {
    let mut acts: Vec<_> = (0..5).map(|n| Act::SignUp(address(n))).collect();
    let mut links = Mailed::default();
    for _ in 0..2 {
        let mailed = crowd.mailed().await;
        links.links.extend(mailed.links);
        for code in mailed.codes {
            acts.extend([Act::Follow(code.clone()), Act::Follow(code)]);
        }
        crowd.all(std::mem::take(&mut acts)).await;
    }
    links.links.extend(crowd.mailed().await.links);
    links
}

/// Two moderators and a command about everybody who waits, against each other.
async fn decisions(crowd: &Arc<Crowd>, mailed: Mailed) {
    let mut acts = Vec::new();
    for (n, link) in mailed.links.into_iter().enumerate() {
        let decision = match n % 2 {
            0 => Decision::Accept,
            _ => Decision::Reject("no".into()),
        };
        acts.extend([
            Act::Decide(link.clone(), decision.clone()),
            Act::Decide(link, decision),
        ]);
    }
    let waiting = crowd.users().await;
    acts.extend(waiting.iter().cloned().map(Act::Reject));
    acts.extend((0..5).map(|n| Act::LogIn(address(n))));
    crowd.all(acts).await;
    let decided = crowd.log.lock().unwrap().decided.len();
    let verified = waiting.iter().filter(|user| user.verified).count();
    assert_eq!(decided, verified, "SEED={}", crowd.seed);
    for user in crowd.users().await {
        if user.rejected {
            crowd.world.modify(&user, UserChange::Accept).await.unwrap();
        }
    }
}

/// Everybody moves to one of two addresses, which others register and prove meanwhile.
async fn moves(crowd: &Arc<Crowd>) {
    let new = |n: usize| format!("new{}@example.org", n % 2);
    crowd.mailed().await;
    let people = crowd.users().await;
    let active: Vec<_> = people.into_iter().filter(|user| user.active).collect();
    assert!(!active.is_empty(), "SEED={}", crowd.seed);
    let mut acts: Vec<_> = (0..2).map(|n| Act::SignUp(new(n))).collect();
    for (n, user) in active.iter().enumerate() {
        acts.push(Act::Change(user.clone(), new(n)));
    }
    crowd.all(acts).await;
    let mailed = crowd.mailed().await;
    let mut acts: Vec<_> = (0..2).map(|n| Act::SignUp(new(n))).collect();
    for (key, user) in mailed.keys {
        acts.extend([Act::Agree(key.clone(), user), Act::Agree(key, user)]);
    }
    for code in mailed.codes {
        acts.extend([Act::Follow(code.clone()), Act::Follow(code)]);
    }
    crowd.all(acts).await;
    let codes = crowd.mailed().await.codes;
    crowd
        .all(codes.into_iter().map(Act::Follow).collect())
        .await;
}

/// Every link for a new password used three times at once.
async fn resets(crowd: &Arc<Crowd>) {
    for (n, user) in crowd.users().await.iter().enumerate() {
        let from = visitor(n as u64);
        let asked = crowd
            .world
            .service
            .request_password_reset(&user.email, &from);
        asked.await.unwrap();
    }
    let mut acts = Vec::new();
    for (user, token) in crowd.mailed().await.resets {
        acts.extend((0..3).map(|_| Act::Reset(user.clone(), token.clone())));
    }
    let links = acts.len() / 3;
    let before = crowd.log.lock().unwrap().used.len();
    crowd.all(acts).await;
    let after = crowd.log.lock().unwrap().used.len();
    assert!(links > 0 && after - before == links, "SEED={}", crowd.seed);
}

// ID-CON-01 ID-MOD-02 ID-MOD-05 ID-REG-06 ID-VER-03 ID-UST-02 ID-UST-03 ID-EML-04 ID-PWD-03:
// two moderators, two clicks on one link, two registrations of one address, a move to an
// address somebody registers.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn at_once_is_as_one_after_the_other() {
    let seed = seed();
    for seed in [seed, seed.wrapping_add(1)] {
        let crowd = Crowd::new(seed);
        registrations(&crowd).await;
        crowd.check().await;
        let links = verifications(&crowd).await;
        crowd.check().await;
        decisions(&crowd, links).await;
        crowd.check().await;
        moves(&crowd).await;
        crowd.check().await;
        resets(&crowd).await;
        crowd.check().await;
        crowd.mailed().await;
    }
}
