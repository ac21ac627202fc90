//! Registered components, their services and endpoints (ID-CMP).
//!
//! The three components of the product are registered at the first start; of these
//! nothing is written down that follows from the settings: a component without an
//! address of its own is where the settings say, a service without endpoints of its own
//! has those of its standard definition. Invariants: names and tokens are unique; a
//! service belongs to a component that exists.

use crate::{
    catalog::{Bases, Entry, STANDARD, Standard},
    keys::{Use, random_token},
    rules::Rules,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use kernel::{
    Cx, Digest, Error, Result, Timestamp, secret::SecretString, settings::registry::SERVICES,
};
use serde::{Deserialize, Serialize};
use store::{IndexSet, ReadTx, Reads, Row, WriteTx};

/// Topic woken when the catalogue changed.
pub const CATALOGUE: &str = "identity.catalogue";

/// Longest name, key, value or address.
const LONGEST: usize = 2048;

/// A component (ID-CMP-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Where its services are; None: where the settings say.
    pub base_url: Option<String>,
    /// Where its pages are; None: where the settings say.
    pub ui_url: Option<String>,
    /// Keyed hash of its token.
    pub token: Digest,
    /// The token under a key outside the database (ID-TOK-05), base64.
    pub sealed: String,
    /// When the token was made.
    pub created: Timestamp,
    /// When the token expires; None: never (ID-TOK-04).
    pub expires: Option<Timestamp>,
}

impl Row for Component {
    type Key = u64;
    const TABLE: &'static str = "identity.component";
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("name", &self.name);
        ix.unique("token", self.token);
    }
}

/// One endpoint of a service: keys and values in their order (ID-CMP-02).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its number.
    pub id: u64,
    /// `publicURL`, `versionId` and so on.
    pub data: Vec<(String, String)>,
}

/// A registered service (ID-CMP-02).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// Number of its component.
    pub component: u64,
    /// Its endpoints; None: those of its standard definition.
    pub endpoints: Option<Vec<Endpoint>>,
}

impl Row for Registered {
    type Key = u64;
    const TABLE: &'static str = "identity.service";
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("name", &self.name);
        ix.add("component", self.component);
    }
}

/// What was done once for the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Once {
    /// What.
    pub what: String,
    /// When.
    pub at: Timestamp,
}

impl Row for Once {
    type Key = String;
    const TABLE: &'static str = "identity.once";
    fn key(&self) -> String {
        self.what.clone()
    }
}

const REGISTERED: &str = "components";

/// Are the components of the product registered, or were they once?
pub(crate) fn registered(tx: &impl Reads) -> Result<bool> {
    Ok(tx.get::<Once>(&REGISTERED.to_owned())?.is_some())
}

/// A component as administrators see it.
#[derive(Clone, Debug)]
pub struct ComponentView {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Where its services are.
    pub base_url: Option<String>,
    /// Where its pages are.
    pub ui_url: Option<String>,
    /// Its token.
    pub token: SecretString,
    /// When that was made.
    pub token_created: Timestamp,
    /// When that expires.
    pub token_expires: Option<Timestamp>,
    /// Its services.
    pub services: Vec<ServiceView>,
}

/// A service as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceView {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// Name of its component.
    pub component: String,
    /// Its endpoints.
    pub endpoints: Vec<Endpoint>,
}

/// A change of a component (ID-CLI-41).
#[derive(Clone, Debug, Default)]
pub struct ComponentChange {
    /// Another address of its services.
    pub base_url: Option<String>,
    /// Another address of its pages.
    pub ui_url: Option<String>,
    /// Another token.
    pub token: Option<SecretString>,
    /// A new random token.
    pub renew_token: bool,
    /// Forget its services.
    pub purge_services: bool,
}

fn place(id: u64) -> Vec<u8> {
    [b"component".as_slice(), &id.to_be_bytes()].concat()
}

pub(crate) fn bounded(what: &str, text: &str) -> Result<()> {
    match text.len() <= LONGEST && !text.chars().any(char::is_control) {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "The {what} is too long or malformed."
        ))),
    }
}

/// An address of a component as it is kept, without a slash at its end.
///
/// # Errors
/// `Invalid` when it is none, saying `what` it should be.
pub fn address(what: &str, text: &str) -> Result<String> {
    bounded(what, text)?;
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(char::is_whitespace) => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        _ => Err(Error::invalid(format!(
            "The {what} '{text}' is not an address: it must begin with http:// or https://."
        ))),
    }
}

fn some_address(what: &str, text: Option<&String>) -> Result<Option<String>> {
    text.map(|text| address(what, text)).transpose()
}

fn set_token(cx: &Cx, r: &Rules, row: &mut Component, token: &str) -> Result<()> {
    row.token = r.keys.hash(Use::Component, token.as_bytes());
    row.sealed = STANDARD_NO_PAD.encode(r.keys.seal(&*cx.ids, &place(row.id), token)?);
    row.created = cx.now;
    Ok(())
}

fn token_of(r: &Rules, row: &Component) -> Result<SecretString> {
    let sealed = STANDARD_NO_PAD.decode(&row.sealed).map_err(Error::broken)?;
    Ok(SecretString::from(r.keys.open(&place(row.id), &sealed)?))
}

fn fresh(tx: &WriteTx, cx: &Cx, r: &Rules, name: &str) -> Result<Component> {
    let mut row = Component {
        id: tx.next_id(<Component as Row>::TABLE)?,
        name: name.to_owned(),
        base_url: None,
        ui_url: None,
        token: Digest([0; 32]),
        sealed: String::new(),
        created: cx.now,
        expires: None,
    };
    set_token(cx, r, &mut row, &random_token(&*cx.ids))?;
    Ok(row)
}

/// Registers the components of the product with their services, once (ID-CMP-07).
pub(crate) fn register_own(tx: &WriteTx, cx: &Cx, r: &Rules) -> Result<()> {
    if registered(tx)? {
        return Ok(());
    }
    for name in SERVICES {
        if tx.find_one::<Component>("name", name)?.is_none() {
            tx.put(&fresh(tx, cx, r, name)?)?;
        }
    }
    for standard in STANDARD {
        let component = tx.find_one::<Component>("name", standard.component)?;
        let known = tx.find_one::<Registered>("name", standard.name)?;
        if let (Some(component), None) = (component, known) {
            tx.put(&Registered {
                id: tx.next_id(<Registered as Row>::TABLE)?,
                name: standard.name.to_owned(),
                kind: standard.kind.to_owned(),
                component: component.id,
                endpoints: None,
            })?;
        }
    }
    tx.put(&Once {
        what: REGISTERED.to_owned(),
        at: cx.now,
    })?;
    tx.wake(CATALOGUE);
    Ok(())
}

/// The component of a number or name.
pub(crate) fn named(tx: &impl Reads, name: &str) -> Result<Option<Component>> {
    if let Ok(id) = name.parse()
        && let Some(row) = tx.get::<Component>(&id)?
    {
        return Ok(Some(row));
    }
    tx.find_one("name", name)
}

fn must(tx: &impl Reads, name: &str) -> Result<Component> {
    named(tx, name)?.ok_or_else(|| {
        Error::not_found(format!(
            "Component '{name}' does not exist. You may run snf-manage component-list for \
             available component IDs."
        ))
    })
}

/// Registers a component (ID-CLI-38); its row.
pub(crate) fn add(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    name: &str,
    base_url: Option<&String>,
    ui_url: Option<&String>,
) -> Result<Component> {
    if name.is_empty() || name.len() > 255 {
        return Err(Error::invalid("Please give the component a name."));
    }
    bounded("name", name)?;
    if tx.find_one::<Component>("name", name)?.is_some() {
        return Err(Error::conflict(format!(
            "There already exists a component named '{name}'."
        )));
    }
    let mut row = fresh(tx, cx, r, name)?;
    row.base_url = some_address("base URL", base_url)?;
    row.ui_url = some_address("UI URL", ui_url)?;
    tx.put(&row)?;
    tx.wake(CATALOGUE);
    Ok(row)
}

/// Changes a component (ID-CLI-41); its row.
pub(crate) fn modify(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    name: &str,
    change: &ComponentChange,
) -> Result<Component> {
    use kernel::secret::ExposeSecret;
    let mut row = must(tx, name)?;
    if let Some(url) = some_address("base URL", change.base_url.as_ref())? {
        row.base_url = Some(url);
    }
    if let Some(url) = some_address("UI URL", change.ui_url.as_ref())? {
        row.ui_url = Some(url);
    }
    if let Some(token) = &change.token {
        let token = token.expose_secret();
        if !(16..=255).contains(&token.len()) || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::invalid(
                "A token has 16 to 255 characters, without blanks.",
            ));
        }
        set_token(cx, r, &mut row, token)?;
    }
    if change.renew_token {
        set_token(cx, r, &mut row, &random_token(&*cx.ids))?;
    }
    if change.purge_services {
        forget_services(tx, row.id)?;
    }
    tx.put(&row)?;
    tx.wake(CATALOGUE);
    Ok(row)
}

fn forget_services(tx: &WriteTx, component: u64) -> Result<()> {
    for service in tx.find::<Registered>("component", &(component,), None, usize::MAX)? {
        tx.remove::<Registered>(&service.id)?;
    }
    Ok(())
}

/// Forgets a component with its services; the resources stay (ID-CMP-04).
pub(crate) fn remove(tx: &WriteTx, name: &str) -> Result<Component> {
    let row = must(tx, name)?;
    forget_services(tx, row.id)?;
    tx.remove::<Component>(&row.id)?;
    tx.wake(CATALOGUE);
    Ok(row)
}

/// Where the services of a component are.
pub(crate) fn base_url(r: &Rules, row: &Component) -> Option<String> {
    row.base_url
        .clone()
        .or_else(|| Bases::new(&r.settings, "").of(&row.name).map(str::to_owned))
}

fn ui_url(r: &Rules, row: &Component) -> Option<String> {
    let own = || {
        let base = base_url(r, row).filter(|_| SERVICES.contains(&&*row.name))?;
        Some(format!("{base}/ui"))
    };
    row.ui_url.clone().or_else(own)
}

fn standard(name: &str) -> Option<&'static Standard> {
    STANDARD.iter().find(|standard| standard.name == name)
}

fn endpoints(service: &Registered, base: Option<&str>) -> Vec<Endpoint> {
    if let Some(own) = &service.endpoints {
        return own.clone();
    }
    let (Some(standard), Some(base)) = (standard(&service.name), base) else {
        return Vec::new();
    };
    vec![Endpoint {
        id: service.id,
        data: standard.endpoint(base),
    }]
}

fn service_view(r: &Rules, component: &Component, service: &Registered) -> ServiceView {
    ServiceView {
        id: service.id,
        name: service.name.clone(),
        kind: service.kind.clone(),
        component: component.name.clone(),
        endpoints: endpoints(service, base_url(r, component).as_deref()),
    }
}

/// The component as administrators see it.
pub(crate) fn view(tx: &impl Reads, r: &Rules, row: &Component) -> Result<ComponentView> {
    let services = tx.find::<Registered>("component", &(row.id,), None, usize::MAX)?;
    Ok(ComponentView {
        id: row.id,
        name: row.name.clone(),
        base_url: base_url(r, row),
        ui_url: ui_url(r, row),
        token: token_of(r, row)?,
        token_created: row.created,
        token_expires: row.expires,
        services: services
            .iter()
            .map(|service| service_view(r, row, service))
            .collect(),
    })
}

/// All components by number.
pub(crate) fn list(tx: &ReadTx, r: &Rules) -> Result<Vec<ComponentView>> {
    let rows = tx.scan::<Component>(None, usize::MAX)?;
    rows.iter().map(|row| view(tx, r, row)).collect()
}

/// The component a token belongs to.
///
/// # Errors
/// `Unauthorized` with the texts of ID-API-03.
pub(crate) fn by_token(
    tx: &impl Reads,
    r: &Rules,
    now: Timestamp,
    token: &str,
) -> Result<Component> {
    let hash = r.keys.hash(Use::Component, token.as_bytes());
    let row: Option<Component> = tx.find_one("token", &hash)?;
    let row = row.ok_or_else(|| Error::unauthorized("Invalid X-Auth-Token"))?;
    match row.expires.is_none_or(|expires| now < expires) {
        true => Ok(row),
        false => Err(Error::unauthorized("Authentication expired")),
    }
}

/// What the catalogue names, by number of the services: what is registered, without
/// services of our own that this process is told not to run (ID-KST-14, ID-CLI-17).
pub(crate) fn catalogue(tx: &impl Reads, r: &Rules, served: &str) -> Result<Vec<Entry>> {
    let bases = Bases::new(&r.settings, served);
    let runs = r.settings.strings("ENABLED_SERVICES");
    let here = |name: &str| runs.iter().any(|one| one == name);
    if !registered(tx)? {
        let own = STANDARD.iter().filter(|standard| here(standard.component));
        return Ok(own
            .filter_map(|standard| {
                let base = bases.of(standard.component)?;
                let endpoint = standard.endpoint(base);
                let ui = Some(format!("{base}/ui"));
                Some(Entry::new(standard.name, standard.kind, ui, vec![endpoint]))
            })
            .collect());
    }
    let components = tx.scan::<Component>(None, usize::MAX)?;
    let mut entries = Vec::new();
    for service in tx.scan::<Registered>(None, usize::MAX)? {
        let Some(component) = components.iter().find(|c| c.id == service.component) else {
            continue;
        };
        let own = component.base_url.is_none() && SERVICES.contains(&&*component.name);
        if own && !here(&component.name) {
            continue;
        }
        let base = component.base_url.as_deref().or(bases.of(&component.name));
        let ui = match (&component.ui_url, base) {
            (Some(ui), _) => Some(ui.clone()),
            (None, Some(base)) => Some(format!("{base}/ui")),
            (None, None) => None,
        };
        let all = endpoints(&service, base).into_iter().map(|e| e.data);
        entries.push(Entry::new(&service.name, &service.kind, ui, all.collect()));
    }
    Ok(entries)
}

/// The service of a number or name, with its component.
pub(crate) fn service(tx: &impl Reads, r: &Rules, name: &str) -> Result<Option<ServiceView>> {
    let by_id = match name.parse() {
        Ok(id) => tx.get::<Registered>(&id)?,
        Err(_) => None,
    };
    let Some(row) = by_id.map_or_else(|| tx.find_one("name", name), |row| Ok(Some(row)))? else {
        return Ok(None);
    };
    let component: Component = tx.must(&row.component, "The component is gone.")?;
    Ok(Some(service_view(r, &component, &row)))
}
