//! What the recordings do not show: streams, limits, order of checks, odd names.

use super::*;
use crate::testing::person;
use futures_util::stream;
use std::io;

const OCTETS: (&str, &str) = ("Content-Type", "application/octet-stream");

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i / 997 + i * 7) as u8 | 1).collect()
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/v1/{}{path}", person(1)))
        .header("X-Auth-Token", "user-1");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body).unwrap()
}

/// A body that must not be read.
fn untouchable() -> Body {
    Body::from_stream(stream::poll_fn(
        |_| -> std::task::Poll<Option<io::Result<Bytes>>> { panic!("the body was read") },
    ))
}

// AC-WRT-1 AC-WRT-8 PI-BLK-07 PI-OBJ-12
#[tokio::test]
async fn streams_round_trip_in_every_size() {
    let client = Client::new().await;
    client.ask("PUT", "/c", &[], "").await;
    const MIB: usize = 1 << 20;
    for size in [0, 1, 4 * MIB, 4 * MIB + 1, 9 * MIB] {
        let data = pattern(size);
        let parts: Vec<io::Result<Bytes>> = data
            .chunks(77_777)
            .map(|c| Ok(Bytes::copy_from_slice(c)))
            .collect();
        let headers = [OCTETS, ("Transfer-Encoding", "chunked")];
        let body = Body::from_stream(stream::iter(parts));
        let got = client.send(request("PUT", "/c/f", &headers, body)).await;
        assert_eq!(got.status, 201, "{size}");
        let tag = got.header("etag").to_owned();
        let got = client.ask("GET", "/c/f?format=json", &[], "").await;
        assert_eq!(got.status, 200);
        assert!(got.body == data, "{size}");
        assert_eq!(got.header("etag"), tag);
        assert_eq!(got.header("content-length"), size.to_string());
    }
    let got = client
        .ask("GET", "/c/f", &[("Range", "bytes=0-9,30-39,-100")], "")
        .await;
    assert_eq!(got.status, 206);
    let kind = got.header("content-type").to_owned();
    let boundary = kind
        .strip_prefix("multipart/byteranges; boundary=")
        .unwrap();
    assert_eq!(boundary.len(), 32);
    let text: Vec<u8> = got.body.to_vec();
    let marks = text.windows(34).filter(|w| w[2..] == *boundary.as_bytes());
    assert_eq!(marks.count(), 4);
}

// CL-K-20 CL-K-21: the steps of kamaki's upload and download.
#[tokio::test]
async fn an_upload_by_hashmap_as_kamaki_does_it() {
    let client = Client::new().await;
    client.ask("PUT", "/c", &[], "").await;
    assert_eq!(client.ask("HEAD", "/c/f", &[], "").await.status, 404);
    let head = client.ask("HEAD", "/c", &[], "").await;
    assert_eq!(
        (head.status.as_u16(), head.header("x-container-block-hash")),
        (204, "sha256")
    );
    let mut data = pattern(4 * 1024 * 1024);
    data.extend(b"tail\0\0");
    let hashes: Vec<_> = data
        .chunks(blocks::BLOCK_SIZE)
        .map(blocks::hash_block)
        .collect();
    let map = serde_json::json!({"bytes": data.len(), "hashes": hashes}).to_string();
    let put = || {
        client.ask(
            "PUT",
            "/c/f?hashmap=True&format=json",
            &[OCTETS],
            map.clone(),
        )
    };
    let got = put().await;
    assert_eq!(
        (got.status.as_u16(), got.json()),
        (409, serde_json::json!(hashes))
    );
    for (block, hash) in data.chunks(blocks::BLOCK_SIZE).zip(&hashes) {
        let block = block.to_vec();
        let got = client
            .ask("POST", "/c?update&format=json", &[OCTETS], block)
            .await;
        assert_eq!(
            (got.status.as_u16(), got.json()),
            (202, serde_json::json!([hash]))
        );
    }
    let got = put().await;
    assert_eq!(got.status, 201);
    assert!(!got.header("x-object-version").is_empty());
    let got = client
        .ask("GET", "/c/f?hashmap=True&format=json", &[], "")
        .await;
    assert_eq!(got.json()["hashes"], serde_json::json!(hashes));
    let range = format!("bytes=4194304-{}", data.len() - 1);
    let got = client
        .ask("GET", "/c/f?format=json", &[("Range", &range)], "")
        .await;
    assert_eq!(
        (got.status.as_u16(), &got.body[..]),
        (206, &b"tail\0\0"[..])
    );
    let empty = client
        .ask(
            "PUT",
            "/c/e?hashmap",
            &[OCTETS],
            r#"{"hashes": [], "bytes": 0}"#,
        )
        .await;
    assert_eq!(empty.status, 201);
}

// PI-WRT-01 PI-WRT-03 PI-WRT-04: refused before the body is read.
#[tokio::test]
async fn refusals_come_before_the_body() {
    let client = Client::new().await;
    client
        .ask("PUT", "/c", &[("X-Container-Policy-Quota", "10")], "")
        .await;
    client.put("/c/f", "x").await;
    let huge = (6u64 << 30).to_string();
    let waits = ("Expect", "100-continue");
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], u16);
    let cases: [Case<'_>; 8] = [
        ("/nosuch/f", &[OCTETS, ("Content-Length", "9"), waits], 404),
        (
            "/c/f",
            &[
                OCTETS,
                ("Content-Length", "9"),
                ("If-None-Match", "*"),
                waits,
            ],
            412,
        ),
        (
            "/c/g",
            &[OCTETS, ("Content-Length", "9"), ("If-Match", "*"), waits],
            412,
        ),
        ("/c/g", &[OCTETS, ("Content-Length", "20"), waits], 413),
        ("/c/g", &[OCTETS, ("Content-Length", &huge), waits], 400),
        ("/c/g", &[OCTETS, waits], 411),
        ("/c/g", &[("Content-Length", "9"), waits], 411),
        (
            "/c/g",
            &[
                OCTETS,
                ("Content-Length", "9"),
                ("X-Copy-From", "/c/f"),
                waits,
            ],
            501,
        ),
    ];
    for (path, headers, status) in cases {
        let got = client
            .send(request("PUT", path, headers, untouchable()))
            .await;
        assert_eq!(got.status, status, "{path} {headers:?}: {}", got.text());
    }
    let mut other = request(
        "PUT",
        "/c/f",
        &[OCTETS, ("Content-Length", "9"), waits],
        untouchable(),
    );
    other
        .headers_mut()
        .insert("x-auth-token", "user-2".parse().unwrap());
    assert_eq!(client.send(other).await.status, 403);
    let mut nobody = request("PUT", "/c/f", &[OCTETS, waits], untouchable());
    nobody.headers_mut().remove("x-auth-token");
    assert_eq!(client.send(nobody).await.status, 401);
    let listing = client.ask("GET", "/c", &[], "").await;
    assert_eq!(listing.text(), "f\n");
}

// PI-WRT-03: a body that ends early leaves nothing.
#[tokio::test]
async fn a_cut_off_body_stores_nothing() {
    let client = Client::new().await;
    client.ask("PUT", "/c", &[], "").await;
    let parts = [
        Ok(Bytes::from(pattern(5 << 20))),
        Err(io::Error::other("gone")),
    ];
    let headers = [OCTETS, ("Content-Length", "9000000")];
    let body = Body::from_stream(stream::iter(parts));
    let got = client.send(request("PUT", "/c/f", &headers, body)).await;
    assert_eq!(got.status, 400);
    assert_eq!(client.ask("GET", "/c", &[], "").await.status, 204);
}

// PI-BLK-11: before the headers where it can be, else a broken connection.
#[tokio::test]
async fn damaged_blocks_never_give_wrong_bytes() {
    let client = Client::new().await;
    client.ask("PUT", "/c", &[], "").await;
    let data = pattern(blocks::BLOCK_SIZE + 50);
    client.put("/c/f", data.clone()).await;
    let files = client.fixture.state.objects.blocks();
    let second = files.path_of(&blocks::hash_block(&data[blocks::BLOCK_SIZE..]));
    std::fs::write(&second, b"other bytes").unwrap();
    let got = client.ask("GET", "/c/f", &[], "").await;
    assert_eq!(
        (got.status.as_u16(), got.body.len()),
        (200, 0),
        "the body broke off"
    );
    let got = client
        .ask("GET", "/c/f", &[("Range", "bytes=-5")], "")
        .await;
    assert_eq!(got.status, 500);
    assert!(!got.text().contains("other"));
    let got = client
        .ask("GET", "/c/f", &[("Range", "bytes=0-9")], "")
        .await;
    assert_eq!(&got.body[..], &data[..10]);
    client.put("/c/again", data.clone()).await;
    assert!(client.ask("GET", "/c/f", &[], "").await.body == data);
}

// AC-UNI PI-GEN-04 PI-DM-12
#[tokio::test]
async fn any_name_round_trips() {
    let client = Client::new().await;
    let container = "/%CF%86%CE%AC%CE%BA%CE%B5%CE%BB%CE%BF%CF%82";
    assert_eq!(client.ask("PUT", container, &[], "").await.status, 201);
    let names = [
        ("%CE%B1%CE%BD%20", "αν "),
        ("/lead", "/lead"),
        ("a%2Fb", "a/b"),
        ("dir/", "dir/"),
        ("..", ".."),
        ("a//b", "a//b"),
        ("%25%3F%23%22%27", "%?#\"'"),
        ("%F0%9F%98%80", "😀"),
    ];
    for (url, name) in names {
        client.put(&format!("{container}/{url}"), name).await;
        let got = client
            .ask("GET", &format!("{container}/{url}"), &[], "")
            .await;
        assert_eq!(got.text(), name);
    }
    let got = client
        .ask("GET", &format!("{container}?format=json"), &[], "")
        .await;
    let mut wanted: Vec<_> = names.iter().map(|(_, name)| *name).collect();
    wanted.sort_unstable();
    let json = got.json();
    let listed: Vec<_> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["name"].as_str().unwrap())
        .collect();
    assert_eq!(listed, wanted);
    let got = client
        .ask("GET", &format!("{container}?format=xml"), &[], "")
        .await;
    assert!(got.text().contains("<name>%?#&quot;'</name>"));
    assert_eq!(
        client
            .ask("GET", &format!("{container}/"), &[], "")
            .await
            .status,
        200
    );
    for bad in ["/c%FF", "/c/a%00b", "/%00"] {
        assert_eq!(
            client.ask("PUT", bad, &[OCTETS], "").await.status,
            400,
            "{bad}"
        );
    }
    let long = |n: usize| format!("/{}", "x".repeat(n));
    assert_eq!(client.ask("PUT", &long(257), &[], "").await.status, 400);
    assert_eq!(client.ask("PUT", &long(256), &[], "").await.status, 201);
    let got = client
        .ask("PUT", &format!("{container}{}", long(1025)), &[OCTETS], "")
        .await;
    assert_eq!(got.status, 400);
}

// AC-HDR-3 AC-HDR-6 AC-OBJ-6 PI-OBJ-07
#[tokio::test]
async fn metadata_types_and_dispositions() {
    let client = Client::new().await;
    client.ask("PUT", "/c", &[], "").await;
    let svg = [
        ("Content-Type", "image/svg+xml"),
        ("X-Object-Meta-%CE%A0", "%CE%91"),
    ];
    client
        .ask("PUT", "/c/d/%C3%A9%22.svg", &svg, "<svg/>")
        .await;
    let got = client.ask("GET", "/c/d/%C3%A9%22.svg", &[], "").await;
    assert_eq!(got.header("content-type"), "image/svg+xml");
    assert_eq!(got.header("x-object-meta-%ce%a0"), "%CE%91");
    let wanted = "inline; filename=\"_\\\".svg\"; filename*=UTF-8''%C3%A9%22%2Esvg";
    assert_eq!(got.header("content-disposition"), wanted);
    let head = client.ask("HEAD", "/c", &[], "").await;
    assert_eq!(head.header("x-container-object-meta"), "%CE%A0");
    let key = |n: usize| format!("X-Object-Meta-{}", "k".repeat(n));
    for (name, value, status) in [
        (key(114), "v".repeat(256), 201),
        (key(115), "v".into(), 400),
        (key(1), "v".repeat(257), 400),
    ] {
        let headers = [OCTETS, (name.as_str(), value.as_str())];
        assert_eq!(client.ask("PUT", "/c/f", &headers, "").await.status, status);
    }
    client
        .ask("POST", "/c/f?update", &[("X-Object-Meta-A", "1")], "")
        .await;
    client
        .ask("POST", "/c/f?update", &[("X-Object-Meta-A", "~")], "")
        .await;
    let head = client.ask("HEAD", "/c/f", &[], "").await;
    assert_eq!(head.header("x-object-meta-a"), "");
    let mut raw = request(
        "PUT",
        "/c/f",
        &[OCTETS, ("Content-Length", "0")],
        Body::empty(),
    );
    let value = http::HeaderValue::from_bytes("ü".as_bytes()).unwrap();
    raw.headers_mut().insert("x-object-meta-u", value);
    assert_eq!(client.send(raw).await.status, 400);
}

// PI-GEN-01 PI-GEN-02 PI-GEN-03 AC-GEN-1 AC-GEN-5
#[tokio::test]
async fn roots_and_aliases() {
    let client = Client::new().await;
    client.ask("PUT", "/c", &[], "").await;
    let get = |path: String| {
        let request = Request::get(path).header("X-Auth-Token", "user-1");
        client.send(request.body(Body::empty()).unwrap())
    };
    for root in [
        "/pithos/object-store/v1",
        "/pithos/object-store/v1.0",
        "/pithos/v1",
        "/object-store/v1",
        "/v1",
    ] {
        let got = get(format!("{root}/{}", person(1))).await;
        assert_eq!(got.text(), "c\n", "{root}");
        let got = get(format!("{root}/?format=json")).await;
        assert_eq!(got.text(), "[]", "{root}");
    }
    for path in ["/pithos/object-store/v2/x", "/pithos/object-store/x"] {
        let got = get(path.into()).await;
        assert_eq!(got.status, 400, "{path}");
        assert!(got.text().contains("API endpoint not found"));
    }
}

// PI-ERR-01: what is not built is said, not pretended.
#[tokio::test]
async fn what_is_not_offered_is_refused() {
    let client = Client::new().await;
    client.ask("PUT", "/c", &[], "").await;
    client.put("/c/f", "x").await;
    type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);
    let cases: [Case<'_>; 9] = [
        ("COPY", "/c/f", &[("Destination", "/c/g")]),
        ("MOVE", "/c/f", &[("Destination", "/c/g")]),
        ("PUT", "/c/g", &[OCTETS, ("X-Move-From", "/c/f")]),
        ("PUT", "/c/g", &[OCTETS, ("X-Object-Manifest", "c/f")]),
        ("PUT", "/c/g", &[OCTETS, ("X-Object-Sharing", "read=*")]),
        ("POST", "/c/f?update", &[("X-Object-Public", "True")]),
        (
            "POST",
            "/c/f?update",
            &[OCTETS, ("Content-Range", "bytes */*")],
        ),
        (
            "POST",
            "/c/f",
            &[("Content-Type", "multipart/form-data; boundary=x")],
        ),
        ("POST", "", &[("X-Account-Group-Friends", "x")]),
    ];
    for (method, path, headers) in cases {
        let got = client.ask(method, path, headers, "").await;
        assert_eq!(got.status, 501, "{method} {path} {headers:?}");
        assert!(got.text().contains("not supported"), "{}", got.text());
    }
    assert_eq!(client.ask("GET", "/c", &[], "").await.text(), "f\n");
}

// PI-OBJ-12: what is on its way is in memory, so one account has so many places.
#[tokio::test]
async fn too_many_bodies_at_a_time_are_told_to_come_back() {
    let client = Client::new().await;
    client.ask("PUT", "/c", &[], "").await;
    assert_eq!(client.put("/c/f", pattern(10)).await.status, 201);
    let caller = kernel::Caller::person(person(1));
    let objects = &client.fixture.state.objects;
    let mut held = Vec::new();
    while let Ok(place) = objects.transfer(&caller) {
        held.push(place);
    }
    let get = || client.ask("GET", "/c/f", &[], "");
    let put = || client.ask("PUT", "/c/g", &[OCTETS], pattern(10));
    for got in [get().await, put().await] {
        assert_eq!((got.status.as_u16(), got.header("retry-after")), (503, "5"));
    }
    assert_eq!(client.ask("HEAD", "/c/f", &[], "").await.status, 200);
    held.pop();
    // A place is free again once its body has been read.
    for _ in 0..2 {
        assert_eq!(get().await.status, 200);
    }
    assert_eq!(put().await.status, 201);
}
