//! The parts of the cloud that talk to identity on their own behalf, and the services
//! they offer (ID-CMP, ID-TOK-04).
//!
//! Invariants: the three standard components are numbers 1 to 3 and their services 1 to
//! 11, in the order of the catalogue; a standard service has no addresses of its own,
//! they follow from the settings; names are unique; a token is held as a keyed hash and
//! sealed.

use crate::{
    catalog,
    keys::{Use, random_token},
    rules::Rules,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use kernel::{Cx, Digest, Error, Result, Timestamp, secret::SecretString};
use serde::{Deserialize, Serialize};
use store::{IndexSet, Reads, Row, WriteTx};

/// Topic woken when components or services change.
pub(crate) const COMPONENTS: &str = "identity.components";

/// A component (ID-CMP-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Where its pages are; None: as the settings say, or nowhere.
    pub ui_url: Option<String>,
    /// Where its services are.
    pub base_url: Option<String>,
    /// Keyed hash of its token: the look-up index.
    pub token: Digest,
    /// The token under a key outside the database, base64.
    pub sealed: String,
    /// When the token was made.
    pub created: Timestamp,
    /// When it expires; None: never.
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
    /// Keys and values of each endpoint; None: a standard service, whose address
    /// follows from the settings.
    pub endpoints: Option<Vec<Vec<(String, String)>>>,
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

/// A component as administrators see it.
#[derive(Clone, Debug)]
pub struct ComponentView {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Where its pages are.
    pub ui_url: Option<String>,
    /// Where its services are.
    pub base_url: Option<String>,
    /// Its token.
    pub token: SecretString,
    /// When the token was made.
    pub created: Timestamp,
    /// When it expires.
    pub expires: Option<Timestamp>,
}

/// A service as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceView {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Name of its component.
    pub component: String,
    /// Its type.
    pub kind: String,
    /// Keys and values of each endpoint.
    pub endpoints: Vec<Vec<(String, String)>>,
}

/// What is changed of a component (ID-CLI-41).
#[derive(Clone, Debug, Default)]
pub struct ComponentChange {
    /// Another address of its pages.
    pub ui_url: Option<String>,
    /// Another address of its services.
    pub base_url: Option<String>,
    /// This token.
    pub token: Option<SecretString>,
    /// A new token.
    pub renew_token: bool,
    /// Its services go.
    pub purge_services: bool,
}

/// A service to be registered (ID-CMP-05).
#[derive(Clone, Debug)]
pub struct NewService {
    /// Its name.
    pub name: String,
    /// Name of its component.
    pub component: String,
    /// Its type.
    pub kind: String,
    /// Keys and values of each endpoint.
    pub endpoints: Vec<Vec<(String, String)>>,
}

fn place(id: u64) -> Vec<u8> {
    [b"component ".as_slice(), &id.to_be_bytes()].concat()
}

fn give_token(cx: &Cx, r: &Rules, row: &mut Component, token: &str) -> Result<()> {
    let sealed = r.keys.seal(&*cx.ids, &place(row.id), token)?;
    row.token = r.keys.hash(Use::Component, token.as_bytes());
    row.sealed = STANDARD_NO_PAD.encode(sealed);
    row.created = cx.now;
    row.expires = None;
    Ok(())
}

/// Makes a component with a token.
pub(crate) fn add(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    name: &str,
    ui_url: Option<String>,
    base_url: Option<String>,
) -> Result<Component> {
    if name.is_empty() || name.chars().count() > 255 || name.chars().any(char::is_control) {
        return Err(Error::invalid("Invalid component name."));
    }
    if tx.find_one::<Component>("name", name)?.is_some() {
        let text = format!("There is already a component named {name}.");
        return Err(Error::conflict(text));
    }
    let mut row = Component {
        id: tx.next_id(Component::TABLE)?,
        name: name.to_owned(),
        ui_url,
        base_url,
        token: Digest([0; 32]),
        sealed: String::new(),
        created: cx.now,
        expires: None,
    };
    give_token(cx, r, &mut row, &random_token(&*cx.ids))?;
    tx.put(&row)?;
    tx.wake(COMPONENTS);
    Ok(row)
}

/// Registers what belongs to the program, once (ID-CMP-07).
pub(crate) fn ensure(tx: &WriteTx, cx: &Cx, r: &Rules) -> Result<()> {
    if tx.last_id(Component::TABLE)? > 0 {
        return Ok(());
    }
    for name in catalog::COMPONENTS {
        add(tx, cx, r, name, None, None)?;
    }
    for (name, kind, component) in catalog::standard() {
        let row: Component = named(tx, component)?;
        tx.put(&Registered {
            id: tx.next_id(Registered::TABLE)?,
            name: name.to_owned(),
            kind: kind.to_owned(),
            component: row.id,
            endpoints: None,
        })?;
    }
    Ok(())
}

/// The component of a number or name.
pub(crate) fn named(tx: &impl Reads, name: &str) -> Result<Component> {
    let by_number = match name.parse::<u64>() {
        Ok(id) => tx.get::<Component>(&id)?,
        Err(_) => None,
    };
    let found = match by_number {
        Some(row) => Some(row),
        None => tx.find_one::<Component>("name", name)?,
    };
    found.ok_or_else(|| Error::not_found(format!("No component found named {name}.")))
}

/// Changes a component.
pub(crate) fn modify(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    name: &str,
    change: &ComponentChange,
) -> Result<Component> {
    use kernel::secret::ExposeSecret;
    let mut row = named(tx, name)?;
    if let Some(url) = &change.ui_url {
        row.ui_url = Some(url.clone());
    }
    if let Some(url) = &change.base_url {
        row.base_url = Some(url.clone());
    }
    let own = change.token.as_ref().map(|t| t.expose_secret().to_owned());
    let renewed = change.renew_token.then(|| random_token(&*cx.ids));
    if let Some(token) = own.or(renewed) {
        if token.is_empty() || token.len() > 256 {
            return Err(Error::invalid("Invalid token."));
        }
        let hash = r.keys.hash(Use::Component, token.as_bytes());
        let taken = tx.find_one::<Component>("token", &hash)?;
        if taken.is_some_and(|other| other.id != row.id) {
            return Err(Error::conflict("Another component has this token."));
        }
        give_token(cx, r, &mut row, &token)?;
    }
    if change.purge_services {
        purge(tx, row.id)?;
    }
    tx.put(&row)?;
    tx.wake(COMPONENTS);
    Ok(row)
}

fn purge(tx: &WriteTx, component: u64) -> Result<()> {
    for service in tx.find::<Registered>("component", &(component,), None, usize::MAX)? {
        tx.remove::<Registered>(&service.id)?;
    }
    Ok(())
}

/// Removes a component with its services (ID-CMP-04).
pub(crate) fn remove(tx: &WriteTx, name: &str) -> Result<()> {
    let row = named(tx, name)?;
    purge(tx, row.id)?;
    tx.remove::<Component>(&row.id)?;
    tx.wake(COMPONENTS);
    Ok(())
}

/// Registers a service, or another version of it; was it there? (ID-CMP-03)
pub(crate) fn import(tx: &WriteTx, new: &NewService) -> Result<bool> {
    let unknown = || Error::not_found(format!("Component '{}' is not registered.", new.component));
    let component = tx.find_one::<Component>("name", &new.component)?;
    let component = component.ok_or_else(unknown)?;
    let known = tx.find_one::<Registered>("name", &new.name)?;
    if let Some(known) = &known
        && known.component != component.id
    {
        let owner = tx.get::<Component>(&known.component)?;
        let owner = owner.map_or_else(String::new, |owner| owner.name);
        return Err(Error::conflict(format!(
            "There is already a service named {} registered by {owner}.",
            new.name
        )));
    }
    if new.name.is_empty() || new.kind.is_empty() {
        return Err(Error::invalid("Malformed service definition."));
    }
    let id = match &known {
        Some(known) => known.id,
        None => tx.next_id(Registered::TABLE)?,
    };
    tx.put(&Registered {
        id,
        name: new.name.clone(),
        kind: new.kind.clone(),
        component: component.id,
        endpoints: Some(new.endpoints.clone()),
    })?;
    tx.wake(COMPONENTS);
    Ok(known.is_some())
}

/// The name of the component a token belongs to (ID-INT-02).
///
/// # Errors
/// `Unauthorized` as of ID-API-03.
pub(crate) fn by_token(tx: &impl Reads, cx: &Cx, r: &Rules, token: &str) -> Result<String> {
    let hash = r.keys.hash(Use::Component, token.as_bytes());
    let row: Option<Component> = tx.find_one("token", &hash)?;
    let row = row.ok_or_else(|| Error::unauthorized("Invalid X-Auth-Token"))?;
    match row.expires.is_some_and(|end| cx.now >= end) {
        true => Err(Error::unauthorized("Authentication expired")),
        false => Ok(row.name),
    }
}

/// The component with its token.
pub(crate) fn view(r: &Rules, bases: &catalog::Bases, row: Component) -> Result<ComponentView> {
    let sealed = STANDARD_NO_PAD.decode(&row.sealed).map_err(Error::broken)?;
    let (base, ui) = match catalog::base_of(bases, &row.name) {
        Some(base) => (Some(base.to_owned()), Some(format!("{base}/ui"))),
        None => (None, None),
    };
    Ok(ComponentView {
        token: SecretString::from(r.keys.open(&place(row.id), &sealed)?),
        id: row.id,
        name: row.name,
        ui_url: row.ui_url.or(ui),
        base_url: row.base_url.or(base),
        created: row.created,
        expires: row.expires,
    })
}
