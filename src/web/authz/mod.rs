//! Who may do what: every route of the APIs and of the machine against the table in
//! `tests/golden/authz-api.txt`. Pages have a table of their own (`authz.txt`).
//!
//! In the table `*` follows a status when the answer names something of the owner's.

mod asks;
mod grants;
mod routes;
mod world;

use crate::pages::PAGES;
use asks::Ask;
use routes::Routes;
use std::collections::BTreeMap;
use world::{PEOPLE, World};

const STRANGER: usize = 1;

/// Routes that nobody in particular may use. A build's address carries its secret; whoever
/// asks for a token's owner has the token, or its code and the secret of its client.
const OPEN: [&str; 21] = [
    "GET /healthz",
    "GET /readyz",
    "GET /cyclades/compute",
    "GET /cyclades/compute/v2.0",
    "GET /cyclades/network",
    "GET /cyclades/image",
    "GET /cyclades/image/versions",
    "GET /cyclades/vmapi/v1.0/server-params/{secret}",
    "GET /cyclades/vmapi/v1.0/server-params/{secret}/hashes",
    "GET /cyclades/vmapi/v1.0/server-params/{secret}/blocks/{index}",
    "POST /cyclades/vmapi/v1.0/server-params/{secret}/progress",
    "GET /identity",
    "GET /identity/v2.0",
    "GET /identity/v3",
    "POST /identity/v2.0/tokens",
    "POST /identity/v3/auth/tokens",
    "POST /oauth2/introspect (the secret of a client)",
    "POST /oauth2/token (code and secret)",
    "POST /weblogin/token (code)",
    "GET /admin/stats",
    "GET /account/v1.0/resources",
];

fn all_routes() -> Routes {
    let state = crate::testing::Fixture::new().state;
    let mut all = routes::of(&format!("{:?}", crate::routes(&state)));
    all.extend(routes::of(&format!(
        "{:?}",
        crate::server::monitor::routes()
    )));
    all.retain(|path, _| {
        let page = path.strip_prefix("/astakos").unwrap_or(path);
        !PAGES.iter().any(|(_, known, _)| *known == page)
    });
    all
}

/// The requests of the table, and how often each route hangs elsewhere too.
fn table(world: &World, all: &Routes) -> Vec<Ask> {
    let mut asks = Vec::new();
    for (pattern, methods) in all {
        if routes::original(pattern, all) != *pattern {
            continue;
        }
        for method in methods {
            asks.extend(asks::of(world, method, pattern));
        }
    }
    asks
}

fn is_change(ask: &Ask) -> bool {
    !["GET", "HEAD"].contains(&ask.method.as_str())
}

/// The answers of one person to the whole table; a cloud that was changed is made anew.
async fn column(person: usize, routes: &Routes) -> Vec<(String, u16, bool)> {
    let mut world = World::new().await;
    let count = table(&world, routes).len();
    let mut answers = Vec::new();
    for at in 0..count {
        let mut ask = table(&world, routes).swap_remove(at);
        if grants::about(&ask.path) {
            world.things.grants = grants::Grants::fresh(&world).await;
            ask = table(&world, routes).swap_remove(at);
        }
        let wanted = (ask.method.as_str(), ask.path.as_str());
        let got = world.ask(person, wanted, &ask.headers, &ask.body).await;
        let done = (200..300).contains(&got.status);
        let reveals = done && world.reveals(&got);
        answers.push((ask.line.clone(), got.status, reveals));
        // Strangers have to leave everything as it is; that is looked at below.
        if person > STRANGER && done && is_change(&ask) {
            world = World::new().await;
        }
    }
    if person <= STRANGER {
        let before = belongings(&World::new().await, routes).await;
        assert_eq!(belongings(&world, routes).await, before);
    }
    answers
}

/// What the owner reads of what is theirs.
async fn belongings(world: &World, routes: &Routes) -> BTreeMap<String, u16> {
    let mut all = BTreeMap::new();
    for ask in table(world, routes) {
        if is_change(&ask) || !ask.line.contains('{') || ask.line.contains("{token}") {
            continue;
        }
        let wanted = (ask.method.as_str(), ask.path.as_str());
        let got = world
            .ask(PEOPLE.len() - 1, wanted, &ask.headers, &ask.body)
            .await;
        let text = String::from_utf8_lossy(&got.body).into_owned();
        assert!(!text.contains("changed"), "{}: {text}", ask.line);
        all.insert(ask.line, got.status);
    }
    all
}

// ID-SEC-01 PI-SHR-01 CY-MOD-41 CY-API-04: every route of the router has its line, and
// who may not ask for something does not get it
#[tokio::test(start_paused = true)]
async fn every_route_lets_in_whom_the_table_says() {
    let routes = all_routes();
    let mut columns = Vec::new();
    for person in 0..PEOPLE.len() {
        columns.push(column(person, &routes).await);
    }
    let mut wrong = Vec::new();
    let mut lines = vec![format!("# method path: {}", PEOPLE.join(", "))];
    for (row, (line, _, _)) in columns[0].iter().enumerate() {
        let cells = columns.iter().map(|answers| {
            let (of, status, reveals) = &answers[row];
            assert_eq!(of, line);
            format!("{status}{}", if *reveals { "*" } else { "" })
        });
        lines.push(format!("{line}: {}", cells.collect::<Vec<_>>().join(", ")));
        let (_, nobody, _) = columns[0][row];
        let open = OPEN.contains(&line.as_str());
        if (200..300).contains(&nobody) != open {
            wrong.push(format!("nobody: {line} {nobody}"));
        }
        let (_, stranger, reveals) = columns[STRANGER][row];
        if open || line.contains("/user_catalogs") {
            continue;
        }
        if reveals {
            wrong.push(format!("a stranger reads {line}"));
        }
        let changed = !line.starts_with("GET") && (200..300).contains(&stranger);
        if changed && line.contains('{') {
            wrong.push(format!("a stranger changes {line}"));
        }
    }
    lines.push(String::new());
    let table = lines.join("\n");
    let file =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/authz-api.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(table, std::fs::read_to_string(&file).unwrap_or_default());
}

// CY-API-02 ID-CON-03 PI-GEN-02: the other addresses of a route are as closed as it is
#[tokio::test(start_paused = true)]
async fn other_addresses_of_a_route_are_no_way_around() {
    let world = World::new().await;
    let all = all_routes();
    for (pattern, methods) in &all {
        let original = routes::original(pattern, &all);
        assert_eq!(all[&original], *methods, "{pattern} is not {original}");
        if original == *pattern || methods.contains("ANY") {
            continue;
        }
        for method in methods {
            let asked = asks::of(&world, method, &original).into_iter();
            for ask in asked.filter(|ask| !ask.once) {
                let path = asks::of(&world, method, &original)
                    .into_iter()
                    .find(|one| one.line == ask.line)
                    .map(|one| one.path.replacen(&head(&original), &head(pattern), 1));
                let path = path.unwrap();
                let there = (ask.method.as_str(), ask.path.as_str());
                let here = (ask.method.as_str(), path.as_str());
                let there = world.ask(0, there, &ask.headers, &ask.body).await.status;
                let here = world.ask(0, here, &ask.headers, &ask.body).await.status;
                assert_eq!(here, there, "{method} {pattern} for nobody");
            }
        }
    }
}

/// The fixed beginning of a pattern.
fn head(pattern: &str) -> String {
    pattern.split('{').next().unwrap().to_owned()
}
