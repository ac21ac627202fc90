//! The wire of the image API, through the router.

use crate::{router, testing::Fixture};
use axum::body::Body;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

struct World(Fixture);

impl World {
    async fn new() -> Self {
        let fixture = Fixture::new();
        for n in [1, 2] {
            fixture.enrol(n).await;
        }
        let world = World(fixture);
        for (path, body) in [("images", ""), ("images/ubuntu.iso", "some bytes")] {
            let path = format!(
                "/pithos/object-store/v1/{}/{path}",
                crate::testing::person(1)
            );
            let made = world.send(1, "PUT", &path, &[], body).await;
            assert_eq!(made.status(), StatusCode::CREATED);
        }
        world
    }

    async fn send(
        &self,
        n: u8,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response<Body> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("X-Auth-Token", format!("user-{n}"))
            .header("Content-Length", body.len());
        if !body.starts_with('{') {
            request = request.header("Content-Type", "application/octet-stream");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        router(self.0.state.clone()).oneshot(request).await.unwrap()
    }

    async fn json(&self, n: u8, path: &str) -> Value {
        let answer = self.send(n, "GET", path, &[], "").await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20)
            .await
            .unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    fn location() -> String {
        format!("pithos://{}/images/ubuntu.iso", crate::testing::person(1))
    }

    async fn register(&self, n: u8, more: &[(&str, &str)]) -> Response<Body> {
        let location = Self::location();
        let mut headers = vec![
            ("X-Image-Meta-Name", "Ubuntu%20%CE%A9%CE%BC"),
            ("X-Image-Meta-Location", location.as_str()),
            ("X-Image-Meta-Property-Kernel", "3.1.2"),
            ("X-Image-Meta-Property-Root_partition", "1"),
        ];
        headers.extend_from_slice(more);
        self.send(n, "POST", "/cyclades/image/v1.0/images/", &headers, "")
            .await
    }
}

fn header<'a>(answer: &'a Response<Body>, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |v| v.to_str().unwrap())
}

// CY-IWIRE-01 CY-IMG-20 CY-IMG-21 CY-IMG-22
#[tokio::test]
async fn registering_answers_the_attributes_as_headers() {
    let world = World::new().await;
    let answer = world
        .register(1, &[("X-Image-Meta-Is-Public", "true")])
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let owner = crate::testing::person(1).to_string();
    for (name, value) in [
        ("x-image-meta-name", "Ubuntu%20%CE%A9%CE%BC"),
        ("x-image-meta-status", "AVAILABLE"),
        ("x-image-meta-location", World::location().as_str()),
        ("x-image-meta-size", "10"),
        ("x-image-meta-disk-format", "diskdump"),
        ("x-image-meta-container-format", "bare"),
        ("x-image-meta-is-public", "True"),
        ("x-image-meta-is-snapshot", "False"),
        ("x-image-meta-owner", owner.as_str()),
        ("x-image-meta-deleted-at", ""),
        ("x-image-meta-property-kernel", "3.1.2"),
        ("x-image-meta-property-root-partition", "1"),
    ] {
        assert!(answer.headers().contains_key(name), "{name}");
        assert_eq!(header(&answer, name), value, "{name}");
    }
    let id = header(&answer, "x-image-meta-id").to_owned();
    let seen = world
        .send(
            2,
            "HEAD",
            &format!("/cyclades/image/v1.0/images/{id}"),
            &[],
            "",
        )
        .await;
    assert_eq!(
        (seen.status(), header(&seen, "x-image-meta-property-kernel")),
        (StatusCode::OK, "3.1.2")
    );
}

// CY-IWIRE-02 CY-IMG-30 CY-IMG-31 CY-IMG-32 CY-IMG-10
#[tokio::test]
async fn lists_are_bare_or_wrapped_filtered_and_sorted() {
    let world = World::new().await;
    world.register(1, &[]).await;
    let bare = world.json(1, "/cyclades/image/v1.0/images/").await;
    assert_eq!(bare[0]["name"], "Ubuntu Ωμ");
    let keys: Vec<_> = bare[0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        keys,
        [
            "status",
            "name",
            "disk_format",
            "container_format",
            "size",
            "id"
        ]
    );
    for path in [
        "/cyclades/image/images",
        "/image/images",
        "/plankton/images",
        "/image/v1.0/images",
    ] {
        assert_eq!(world.json(1, path).await, bare, "{path}");
    }
    assert_eq!(
        world.json(1, "/cyclades/image/v1/images").await,
        json!({"images": bare})
    );
    assert_eq!(
        world.json(2, "/cyclades/image/v1.0/images").await,
        json!([])
    );
    let detail = world.json(1, "/cyclades/image/v1.0/images/detail").await;
    assert_eq!(detail[0]["properties"]["kernel"], "3.1.2");
    assert_eq!(detail[0]["description"], "");
    assert_eq!(
        world.json(1, "/image/images?disk_format=ntfsdump").await,
        json!([])
    );
    assert_eq!(
        world
            .json(1, "/image/images?size_min=10&name=Ubuntu%20%CE%A9%CE%BC")
            .await,
        bare
    );
    for bad in ["sort_key=foo", "sort_dir=up", "size_max=x"] {
        let answer = world
            .send(1, "GET", &format!("/image/images?{bad}"), &[], "")
            .await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{bad}");
    }
    let versions = world.json(1, "/cyclades/image").await;
    assert_eq!(versions["versions"][0]["id"], "v1.0");
}

// CY-IMG-33 CY-IMG-38 CY-API-19
#[tokio::test]
async fn wrong_requests_get_their_status() {
    let world = World::new().await;
    for (headers, status) in [
        (vec![("X-Image-Meta-Size", "11")], 400),
        (vec![("X-Image-Meta-Size", "x")], 400),
        (vec![("X-Image-Meta-Store", "file")], 400),
        (vec![("X-Image-Meta-Id", "1")], 400),
        (vec![("X-Image-Meta-Disk-Format", "qcow2")], 400),
    ] {
        let answer = world.register(1, &headers).await;
        assert_eq!(answer.status().as_u16(), status, "{headers:?}");
    }
    assert_eq!(world.register(2, &[]).await.status(), StatusCode::FORBIDDEN);
    let nameless = world
        .send(
            1,
            "POST",
            "/image/images",
            &[("X-Image-Meta-Name", "x")],
            "",
        )
        .await;
    assert_eq!(nameless.status(), StatusCode::BAD_REQUEST);
    let registered = world.register(1, &[]).await;
    let id = header(&registered, "x-image-meta-id");
    let nil = "00000000-0000-0000-0000-000000000000";
    for (n, method, path, status) in [
        (2, "HEAD", format!("/image/images/{id}"), 403),
        (1, "HEAD", format!("/image/images/{nil}"), 404),
        (1, "HEAD", "/image/images/17".into(), 400),
        (1, "GET", format!("/image/images/{id}"), 501),
        (2, "DELETE", format!("/image/images/{id}"), 403),
        (1, "DELETE", format!("/image/images/{id}"), 204),
        (1, "HEAD", format!("/image/images/{id}"), 404),
        (1, "PATCH", "/image/images".into(), 405),
        (1, "GET", "/image/nonsense".into(), 400),
    ] {
        let answer = world.send(n, method, &path, &[], "").await;
        assert_eq!(answer.status().as_u16(), status, "{method} {path}");
    }
}

// CY-IMG-34 CY-IMG-36 CY-IMG-37
#[tokio::test]
async fn an_image_is_changed_and_shared() {
    let world = World::new().await;
    let registered = world.register(1, &[]).await;
    let id = header(&registered, "x-image-meta-id");
    let path = format!("/image/images/{id}");
    let changed = world
        .send(1, "PUT", &path, &[("X-Image-Meta-Property-Kernel", "")], "")
        .await;
    assert_eq!(changed.status(), StatusCode::OK);
    assert!(
        !changed
            .headers()
            .contains_key("x-image-meta-property-kernel")
    );
    let wrong = world
        .send(1, "PUT", &path, &[("X-Image-Meta-Location", "x")], "")
        .await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    let other = crate::testing::person(2).to_string();
    let added = world
        .send(1, "PUT", &format!("{path}/members/{other}"), &[], "")
        .await;
    assert_eq!(added.status(), StatusCode::NO_CONTENT);
    let members = world.json(2, &format!("{path}/members")).await;
    assert_eq!(
        members,
        json!({"members": [{"member_id": other, "can_share": false}]})
    );
    let shared = world
        .json(
            2,
            &format!("/image/shared-images/{}", crate::testing::person(1)),
        )
        .await;
    assert_eq!(
        shared,
        json!({"shared_images": [{"image_id": id, "can_share": false}]})
    );
    let none = world
        .send(
            1,
            "PUT",
            &format!("{path}/members"),
            &[],
            r#"{"memberships": []}"#,
        )
        .await;
    assert_eq!(none.status(), StatusCode::NO_CONTENT);
    let bad = world
        .send(
            1,
            "PUT",
            &format!("{path}/members"),
            &[],
            r#"{"members": []}"#,
        )
        .await;
    assert_eq!(bad.status(), StatusCode::BAD_REQUEST);
    let gone = world.send(2, "HEAD", &path, &[], "").await;
    assert_eq!(gone.status(), StatusCode::FORBIDDEN);
}

// CY-VMA-03
#[tokio::test]
async fn an_unknown_secret_is_not_found() {
    let world = World::new().await;
    for path in ["", "/hashes", "/blocks/0"] {
        let path = format!("/cyclades/vmapi/v1.0/server-params/no-such-secret{path}");
        let answer = world.send(1, "GET", &path, &[], "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

// ID-ACC-12
#[tokio::test]
async fn addresses_of_members_are_not_to_be_guessed_without_end() {
    let world = World::new().await;
    let id = Uuid::nil();
    let person = crate::testing::person(1);
    let add = |member: &str| format!("/cyclades/image/v1.0/images/{id}/members/{member}");
    let unknown = add("nobody@example.org");
    let answer = world.send(1, "PUT", &unknown, &[], "").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    world.0.state.identity.note_lookups(person, 599).unwrap();
    let answer = world.send(1, "PUT", &unknown, &[], "").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    // A uuid is no question about an address.
    let answer = world
        .send(1, "PUT", &add(&person.to_string()), &[], "")
        .await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);

    let members = vec![json!({"member_id": person.to_string()}); 1001];
    let body = json!({"memberships": members}).to_string();
    let path = format!("/cyclades/image/v1.0/images/{id}/members");
    let kind = [("Content-Type", "application/json")];
    let answer = world.send(1, "PUT", &path, &kind, &body).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

// CY-API-08 ID-REC-06: image.json `images-put`, `image-post`; HEAD is told where it is
// more than what GET implies.
#[tokio::test]
async fn a_refused_method_tells_of_those_that_are_taken() {
    let world = World::new().await;
    let id = Uuid::nil();
    for base in ["/cyclades/image/v1.0", "/image/v1.0", "/plankton"] {
        for (method, path, wanted) in [
            ("PUT", "/images".to_owned(), &["GET", "POST"][..]),
            (
                "POST",
                format!("/images/{id}"),
                &["DELETE", "GET", "HEAD", "PUT"],
            ),
            ("POST", format!("/images/{id}/members"), &["GET", "PUT"]),
            (
                "GET",
                format!("/images/{id}/members/{id}"),
                &["DELETE", "PUT"],
            ),
        ] {
            let answer = world
                .send(1, method, &format!("{base}{path}"), &[], "")
                .await;
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
            let mut told: Vec<&str> = header(&answer, "allow").split(',').map(str::trim).collect();
            told.sort_unstable();
            assert_eq!(told, wanted, "{method} {base}{path}");
            let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await;
            let body: Value = serde_json::from_slice(&bytes.unwrap()).unwrap();
            assert_eq!(body["notAllowed"]["code"], 405, "{body}");
        }
    }
}
