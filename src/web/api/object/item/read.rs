//! HEAD and GET of an object: headers, data, ranges, hashmap, versions.

use super::super::{
    Answer, Ask, dates,
    document::{Format, XML, escaped},
    hashmap,
    headers::{Sent, put},
    query::digits,
    ranges::{self, Wanted},
    refusal, reply,
};
use super::{conditions, not_modified, tags};
use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures_util::stream;
use http::{Method, StatusCode};
use kernel::Error;
use objects::{
    CONTENT_DISPOSITION, ObjectPath, ObjectView, PITHOS, Piece, Policy, Service, Transfer, Version,
    Which,
};
use std::{collections::VecDeque, ops::Range};

pub(super) async fn serve(ask: &Ask<'_>, path: ObjectPath) -> Answer {
    let head = ask.parts.method == Method::HEAD;
    if !head && ask.query.text("version") == "list" {
        return versions(ask, path).await;
    }
    let which = match ask.query.get("version") {
        None => Which::Current,
        Some(text) => digits(text).map_or(Which::Invalid, Which::Serial),
    };
    let view = ask.state.objects.object(&ask.caller, path, which).await?;
    let policy = ask.state.objects.policy();
    if let Some(response) = unchanged(ask, &view, &policy)? {
        return Ok(response);
    }
    let mut response = if head {
        let mut response = Response::new(Body::empty());
        let size = view.version.size.to_string();
        put(response.headers_mut(), "content-length", &size);
        response
    } else if ask.query.has("hashmap") {
        let list = ask.state.objects.block_list(view.version.clone()).await?;
        Response::new(Body::from(hashmap::write(
            ask.format,
            &view.path.name,
            &list,
        )))
    } else {
        return data(ask, view, &policy).await;
    };
    reply::object_headers(response.headers_mut(), &view, &policy);
    Ok(response)
}

/// Conditions: 304 with the tag, or 412 (PI-OBJ-03).
fn unchanged(
    ask: &Ask<'_>,
    view: &ObjectView,
    policy: &Policy,
) -> Result<Option<Response>, crate::error::Fault<crate::error::Pithos>> {
    let sent = Sent::read(&ask.parts.headers)?;
    let tag = reply::tag(&view.version, policy);
    let mut conditions = conditions(&sent);
    let unwanted = conditions.none_matching.take();
    conditions.check(Some(&tag))?;
    conditions.matching = None;
    conditions.none_matching = unwanted;
    if conditions.check(Some(&tag)).is_err() {
        let mut response = reply::empty(StatusCode::NOT_MODIFIED);
        put(response.headers_mut(), "etag", &tag);
        return Ok(Some(response));
    }
    not_modified(ask, view.modified)
}

/// The versions of an object (PI-OBJ-09).
async fn versions(ask: &Ask<'_>, path: ObjectPath) -> Answer {
    let name = path.name.clone();
    let all = ask.state.objects.versions(&ask.caller, path).await?;
    let text = if ask.format == Format::Xml {
        let rows = all.iter().map(|version| {
            let at = dates::decimal(version.mtime);
            format!("<version timestamp=\"{at}\">{}</version>\n", version.serial)
        });
        let rows: String = rows.collect();
        format!(
            "{XML}<object name=\"{}\">\n{rows}</object>\n",
            escaped(&name)
        )
    } else {
        let row = |version: &Version| (version.serial, dates::decimal(version.mtime));
        let rows: Vec<_> = all.iter().map(row).collect();
        serde_json::json!({"versions": rows}).to_string()
    };
    let format = match ask.format {
        Format::Text => Format::Json,
        other => other,
    };
    Ok(reply::document(StatusCode::OK, format, text))
}

/// What a body is made of.
enum Part {
    Text(Bytes),
    Data(Piece),
}

async fn data(ask: &Ask<'_>, view: ObjectView, policy: &Policy) -> Answer {
    let size = view.version.size;
    let mut response = Response::new(Body::empty());
    reply::object_headers(response.headers_mut(), &view, policy);
    let headers = response.headers_mut();
    put(headers, "content-disposition", &disposition(ask, &view));
    let parts = match wanted(ask, &view, policy) {
        Wanted::Unsatisfiable => {
            let message = "Requested range exceeds object limits";
            let status = StatusCode::RANGE_NOT_SATISFIABLE;
            return Err(refusal(status, "rangeNotSatisfiable", message));
        }
        Wanted::Whole => {
            put(headers, "content-length", &size.to_string());
            pieces(ask, &view, vec![whole(size)]).await?
        }
        Wanted::Parts(ranges) => {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            partial(ask, &view, ranges, &mut response).await?
        }
    };
    let objects = ask.state.objects.clone();
    let place = objects.transfer(&ask.caller)?;
    *response.body_mut() = stream(objects, parts, place).await?;
    Ok(response)
}

fn whole(size: u64) -> Range<u64> {
    0..size
}

/// The ranges asked for, unless If-Range says the object is another by now
/// (PI-OBJ-06).
fn wanted(ask: &Ask<'_>, view: &ObjectView, policy: &Policy) -> Wanted {
    let text = |name| ask.parts.headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(condition) = text("if-range") {
        let same = match dates::seconds(condition) {
            Some(at) => at == view.modified.div_euclid(1_000_000),
            None => {
                let tag = reply::tag(&view.version, policy);
                tags(condition)
                    .iter()
                    .any(|one| one.eq_ignore_ascii_case(&tag))
            }
        };
        if !same {
            return Wanted::Whole;
        }
    }
    ranges::parse(text("range"), view.version.size)
}

async fn pieces(
    ask: &Ask<'_>,
    view: &ObjectView,
    ranges: Vec<Range<u64>>,
) -> kernel::Result<VecDeque<Part>> {
    let version = view.version.clone();
    let found = ask.state.objects.pieces(version, ranges).await?;
    Ok(found.into_iter().flatten().map(Part::Data).collect())
}

/// One range as it is, several as multipart/byteranges (PI-OBJ-05).
async fn partial(
    ask: &Ask<'_>,
    view: &ObjectView,
    ranges: Vec<Range<u64>>,
    response: &mut Response,
) -> kernel::Result<VecDeque<Part>> {
    let size = view.version.size;
    let shown = |range: &Range<u64>| format!("bytes {}-{}/{size}", range.start, range.end - 1);
    let headers = response.headers_mut();
    if let [range] = ranges.as_slice() {
        put(headers, "content-range", &shown(range));
        let length = range.end - range.start;
        put(headers, "content-length", &length.to_string());
        return pieces(ask, view, ranges).await;
    }
    let boundary = ask.state.cx.cx().ids.uuid().simple().to_string();
    let kind = format!("multipart/byteranges; boundary={boundary}");
    put(headers, "content-type", &kind);
    let version = view.version.clone();
    let found = ask.state.objects.pieces(version, ranges.clone()).await?;
    let mut parts = VecDeque::new();
    for (range, pieces) in ranges.iter().zip(found) {
        let start = if parts.is_empty() { "" } else { "\r\n" };
        let head = format!(
            "{start}--{boundary}\r\nContent-Range: {}\r\n\
             Content-Transfer-Encoding: binary\r\n\r\n",
            shown(range)
        );
        parts.push_back(Part::Text(head.into()));
        parts.extend(pieces.into_iter().map(Part::Data));
    }
    parts.push_back(Part::Text(format!("\r\n--{boundary}--\r\n").into()));
    Ok(parts)
}

/// Streams parts. The first is read before the answer starts, so that a missing
/// block is an error there; later ones cut the connection (PI-BLK-11).
async fn stream(
    objects: Service,
    mut parts: VecDeque<Part>,
    place: Transfer,
) -> kernel::Result<Body> {
    let Some(first) = parts.pop_front() else {
        return Ok(Body::empty());
    };
    let first = load(&objects, first).await?;
    let rest = stream::unfold(
        (objects, parts, place),
        |(objects, mut parts, place)| async move {
            let part = parts.pop_front()?;
            let loaded = load(&objects, part).await.map_err(|error| {
                tracing::error!(error = %error.chain(), "a download broke off");
                std::io::Error::other("the object cannot be read")
            });
            if loaded.is_err() {
                parts.clear();
            }
            Some((loaded, (objects, parts, place)))
        },
    );
    let first = stream::iter([Ok::<_, std::io::Error>(first)]);
    Ok(Body::from_stream(futures_util::StreamExt::chain(
        first, rest,
    )))
}

async fn load(objects: &Service, part: Part) -> kernel::Result<Bytes> {
    match part {
        Part::Text(text) => Ok(text),
        Part::Data(piece) => {
            let block = Bytes::from_owner(objects.read(&piece).await?);
            if block.len() < piece.bytes.end {
                return Err(Error::broken("a block is shorter than its object"));
            }
            Ok(block.slice(piece.bytes))
        }
    }
}

/// How a browser is to take the data (PI-OBJ-07).
fn disposition(ask: &Ask<'_>, view: &ObjectView) -> String {
    let own = view.version.attributes.get(PITHOS);
    let own = own.and_then(|items| items.get(CONTENT_DISPOSITION));
    let forced = Some(ask.query.text("disposition-type"));
    let kind = match (forced.filter(|t| ["inline", "attachment"].contains(t)), own) {
        (Some(kind), _) => kind,
        (None, Some(own)) => return own.clone(),
        (None, None) => "inline",
    };
    let name = &view.path.name;
    let name = name
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or(name);
    let plain: String = name
        .chars()
        .filter(|c| !c.is_control())
        .map(|c| if c.is_ascii() { c } else { '_' })
        .flat_map(|c| match c {
            '"' | '\\' => vec!['\\', c],
            c => vec![c],
        })
        .collect();
    if name.is_ascii() {
        return format!("{kind}; filename=\"{plain}\"");
    }
    let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}
