//! Every route of the router, read off the router itself, so that none can be left out.

use std::collections::{BTreeMap, BTreeSet};

/// Paths and their methods; `ANY` where the handler itself looks at the method.
pub(super) type Routes = BTreeMap<String, BTreeSet<String>>;

const METHODS: [&str; 9] = [
    "get", "head", "delete", "options", "patch", "post", "put", "trace", "connect",
];

/// Reads the routes off what a router shows of itself.
pub(super) fn of(shown: &str) -> Routes {
    let own = shown.split("fallback_router").next().unwrap();
    let (routes, paths) = own.split_once("node: Node { paths: {").unwrap();
    let numbered = |text: &str| {
        let pieces = text.split("RouteId(").skip(1);
        let pieces = pieces.map(|piece| piece.split_once("): ").unwrap());
        let pieces = pieces.map(|(n, rest)| (n.parse::<u32>().unwrap(), rest.to_owned()));
        pieces.collect::<BTreeMap<_, _>>()
    };
    let methods = numbered(routes);
    let mut all = Routes::new();
    for (id, path) in numbered(paths) {
        let path = path.split('"').nth(1).unwrap().to_owned();
        let of = methods_of(&methods[&id]);
        assert!(!of.is_empty(), "{path} has no method: {}", methods[&id]);
        assert!(all.insert(path, of).is_none());
    }
    assert_eq!(all.len(), methods.len());
    all
}

fn methods_of(shown: &str) -> BTreeSet<String> {
    if shown.contains("allow_header: Skip") {
        return BTreeSet::from(["ANY".to_owned()]);
    }
    let here = METHODS
        .iter()
        .filter(|name| !shown.contains(&format!("{name}: None")));
    here.map(|name| name.to_uppercase()).collect()
}

/// Where the same routes hang too; the left one is asked, the others must be alike.
const MOUNTS: [(&str, &[&str]); 12] = [
    (
        "/identity",
        &[
            "/astakos/identity",
            "/cyclades/_astakos/identity",
            "/pithos/_astakos/identity",
        ],
    ),
    (
        "/account",
        &[
            "/astakos/account",
            "/cyclades/_astakos/account",
            "/pithos/_astakos/account",
        ],
    ),
    ("/admin/stats", &["/astakos/admin/stats"]),
    ("/oauth2", &["/oa2", "/astakos/oauth2", "/astakos/oa2"]),
    ("/weblogin", &["/astakos/weblogin"]),
    ("/ui/authenticate", &["/astakos/ui/authenticate"]),
    ("/cyclades/compute", &["/compute"]),
    ("/cyclades/network", &["/network"]),
    ("/cyclades/image", &["/image", "/plankton"]),
    ("/cyclades/vmapi", &["/vmapi"]),
    (
        "/pithos/object-store/v1",
        &[
            "/pithos/object-store/v1.0",
            "/pithos/v1",
            "/object-store/v1",
            "/v1",
        ],
    ),
    (
        "/cyclades/image/v1.0",
        &["/cyclades/image/v1", "/cyclades/image"],
    ),
];

/// The route that a path is another name of; itself when it is none.
pub(super) fn original(path: &str, all: &Routes) -> String {
    let mut path = path.to_owned();
    for (root, others) in MOUNTS {
        let rest = others.iter().find_map(|other| {
            let rest = path.strip_prefix(other)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| format!("{root}{rest}"))
        });
        if let Some(other) = rest.filter(|other| all.contains_key(other)) {
            path = other;
        }
    }
    for format in [".json", ".xml"] {
        match path
            .strip_suffix(format)
            .map(|plain| plain.trim_end_matches('/'))
        {
            Some(plain) if all.contains_key(plain) => return plain.to_owned(),
            _ => {}
        }
    }
    path
}
