//! Making a server: one transaction for the row, its disk, ports, addresses, quota,
//! build document and intent (CY-SRV-10, -11; README decisions 15 and 27).

use crate::{
    backend, building, charges, flavor,
    image::ImageSource,
    intent, network,
    policy::Policy,
    rows::{
        Action, Backend, Flavor, OperState, Server, ServerPassword, Target, Volume, VolumeState,
        Work,
    },
    seal::Sealer,
    server::{self, ports},
    view::NewServer,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{
    Caller, Cx, Error, ProjectId, Result, ServerId, Timestamp, UserId, VolumeId,
    secret::{ExposeSecret, SecretString},
};
use store::WriteTx;

const GIB: u64 = 1 << 30;

fn strong(password: &str) -> bool {
    let has = |what: fn(&char) -> bool| password.chars().any(|c| what(&c));
    password.chars().count() >= 10
        && password.len() <= 256
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_digit)
}

/// What can be refused without looking at the store.
pub(crate) fn check(policy: &Policy, new: &NewServer) -> Result<()> {
    if new.name.chars().count() > 255 {
        return Err(Error::field("name", "Server name is too long"));
    }
    server::edit::check_metadata(policy, &new.metadata)?;
    if new.tags.len() > policy.max_tags {
        return Err(Error::field("tags", "Maximum number of tags reached"));
    }
    for tag in &new.tags {
        if tag.is_empty() || tag.contains(['/', ',']) {
            return Err(Error::field("tags", "Tag is not valid"));
        }
        if tag.chars().count() > 60 - "cyclades:user:".len() {
            return Err(Error::field("tags", "Tag is too long"));
        }
    }
    if let Some(password) = &new.admin_password
        && !strong(password.expose_secret())
    {
        return Err(Error::field(
            "adminPass",
            "Password not strong (must contain upper case, lower case, digits and be at least 10 characters)!",
        ));
    }
    if let Some(data) = &new.user_data
        && (data.len() > 64 << 10 || STANDARD.decode(data).is_err())
    {
        return Err(Error::field("user_data", "Invalid user_data: not base64."));
    }
    check_personality(policy, new)
}

/// CY-SRV-13.
fn check_personality(policy: &Policy, new: &NewServer) -> Result<()> {
    let too_large = |what: &str| Error::TooLarge {
        message: what.to_owned(),
    };
    if new.personality.len() > policy.max_personality {
        return Err(too_large("Maximum number of personalities exceeded"));
    }
    for file in &new.personality {
        if file.contents.len() > policy.max_personality_size {
            return Err(too_large("Maximum size of personality exceeded"));
        }
        if file.path.len() > 4096 {
            return Err(Error::field(
                "personality",
                "Malformed personality in request",
            ));
        }
    }
    Ok(())
}

/// Who and where a server is made for.
struct For {
    owner: UserId,
    project: ProjectId,
    /// Whose networks, ports and addresses may be used.
    acting: Caller,
}

fn made_for(caller: &Caller, policy: &Policy, new: &NewServer) -> Result<For> {
    let owner = new.owner.unwrap_or(caller.user);
    if owner != caller.user && !caller.is_admin() {
        return Err(Error::forbidden("Only an administrator may do that."));
    }
    if new.backend.is_some() && !caller.is_admin() {
        return Err(Error::forbidden(
            "Only an administrator may choose the backend.",
        ));
    }
    if new.shared_to_project && !policy.sharing {
        return Err(Error::forbidden(
            "Sharing resource to the members of the project is not permitted",
        ));
    }
    let project = new.project.unwrap_or(match owner == caller.user {
        true => caller.default_project,
        false => owner.own_project(),
    });
    if !caller.is_admin() && !caller.projects.contains(&project) {
        return Err(Error::invalid(format!(
            "User {owner} not in project {project}"
        )));
    }
    let mut acting = caller.clone();
    acting.user = owner;
    Ok(For {
        owner,
        project,
        acting,
    })
}

/// Takes a server on; `check` has passed.
pub(crate) fn create(
    tx: &WriteTx,
    cx: &Cx,
    caller: &Caller,
    (policy, sealer): (&Policy, &Sealer),
    new: &NewServer,
    image: &ImageSource,
    password: &SecretString,
) -> Result<ServerId> {
    let who = made_for(caller, policy, new)?;
    let wanted = new
        .flavor
        .ok_or_else(|| Error::field("flavorRef", "Malformed request"))?;
    let flavor = flavor::for_create(tx, caller, wanted, who.project)?;
    if image.size > u64::from(flavor.disk) * GIB {
        return Err(Error::invalid(format!(
            "Size of image '{}' is larger than the flavor's disk.",
            image.id
        )));
    }
    let backend = backend::allocate(tx, policy, who.owner, &flavor, new.backend)?;
    let requested = new.networks.as_deref();
    let planned = ports::plan(tx, &who.acting, policy, backend.id, requested)?;
    let mut row = row(cx, &who, new, image, &flavor, &backend);
    let cost = charges::held(&row, &flavor, OperState::Build, flavor.disk.into());
    quota::charge_all(tx, &cost, caller.may_exceed_quota())?;

    row.id = ServerId(tx.next_id("compute.server")?);
    tx.put(&backend)?;
    tx.insert(&row)?;
    let mut after = Vec::new();
    for (index, one) in (0..).zip(&planned) {
        let network = ports::bind(tx, cx, one, row.id, who.owner, index)?;
        after.extend(network::ensure(tx, cx, policy, &network, &backend)?);
    }
    tx.insert(&root_volume(tx, cx, &row, &flavor, image)?)?;
    tx.put(&ServerPassword {
        server: row.id,
        password: sealer.seal(cx, password.expose_secret())?,
        created: cx.now,
    })?;
    building::begin(tx, cx, sealer, &row, new, image, password)?;
    let target = Target::Server(row.id);
    let work = Work::Create {
        opportunistic: policy.opportunistic,
    };
    intent::write(tx, cx, policy, backend.id, target, work, after)?;
    tx.wake("compute.server");
    Ok(row.id)
}

fn row(
    cx: &Cx,
    who: &For,
    new: &NewServer,
    image: &ImageSource,
    flavor: &Flavor,
    backend: &Backend,
) -> Server {
    let mut key_names: Vec<String> = Vec::new();
    for (name, _) in &new.keys {
        if !key_names.contains(name) {
            key_names.push(name.clone());
        }
    }
    Server {
        id: ServerId(0),
        name: new.name.clone(),
        user: who.owner,
        project: who.project,
        shared_to_project: new.shared_to_project,
        backend: backend.id,
        created: cx.now,
        updated: cx.now,
        image: image.id,
        image_version: image.version,
        image_name: image.name.clone(),
        key_names,
        flavor: flavor.id,
        deleted: false,
        suspended: false,
        action: Some(Action::Create),
        operstate: OperState::Build,
        job: None,
        progress: 0,
        backend_time: Timestamp::UNIX_EPOCH,
        task: Some(Action::Create),
        task_job: None,
        serial: None,
        submitted: false,
        metadata: new.metadata.clone(),
        tags: new.tags.iter().map(|tag| (tag.clone(), false)).collect(),
    }
}

fn root_volume(
    tx: &WriteTx,
    cx: &Cx,
    server: &Server,
    flavor: &Flavor,
    image: &ImageSource,
) -> Result<Volume> {
    Ok(Volume {
        id: VolumeId(tx.next_id("compute.volume")?),
        name: None,
        user: server.user,
        project: server.project,
        size: flavor.disk,
        volume_type: flavor.volume_type,
        delete_on_termination: true,
        source: Some(format!("image:{}", image.id)),
        source_version: Some(image.version),
        origin: Some(image.img_id.clone()),
        state: VolumeState::Creating,
        server: Some(server.id),
        index: Some(0),
        created: cx.now,
        updated: cx.now,
    })
}
