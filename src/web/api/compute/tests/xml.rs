//! XML documents (CY-API-18).

use super::wire::{SERVERS, furnished};
use serde_json::json;

/// Elements and attributes of a document, each as `path@attribute=value` or
/// `path=text`.
fn tree(xml: &str) -> Vec<String> {
    use quick_xml::{Reader, events::Event};
    let mut reader = Reader::from_str(xml);
    let (mut path, mut found) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return found,
            Event::Start(start) => {
                path.push(start.name().as_ref().to_owned());
                for attribute in start.attributes() {
                    let attribute = attribute.unwrap();
                    let name = attribute.key.as_ref().to_owned();
                    let value = attribute.value.to_string();
                    found.push(format!("{}@{name}={value}", path.join("/")));
                }
            }
            Event::End(_) => drop(path.pop()),
            Event::Text(text) => {
                let text = text.trim().to_owned();
                if !text.is_empty() {
                    found.push(format!("{}={text}", path.join("/")));
                }
            }
            _ => {}
        }
    }
}

// CY-API-05 CY-API-18 CY-FIX-08
#[tokio::test(start_paused = true)]
async fn xml_has_every_value() {
    let (cloud, image) = furnished().await;
    let body = json!({"server": {
        "name": "a<b & \"c\"", "imageRef": image, "flavorRef": 1, "metadata": {"k": "<v>"},
    }});
    let got = cloud.ask(1, "POST", SERVERS, Some(&body.to_string())).await;
    assert_eq!(got.status, 202);
    cloud.carry_out().await;
    for (path, wanted) in [
        (
            "servers/1.xml",
            vec![
                "server@id=1".to_owned(),
                "server@flavorRef=1".into(),
                format!("server@imageRef={image}"),
                "server@name=a&lt;b &amp; &quot;c&quot;".into(),
                "server@status=ACTIVE".into(),
                "server/metadata/meta@key=k".into(),
                "server/addresses/network@id=1".into(),
                "server/addresses/network/ip@version=4".into(),
                "server/addresses/network/ip@addr=203.0.113.2".into(),
                "server@xmlns=http://docs.openstack.org/compute/api/v1.1".into(),
            ],
        ),
        ("servers.xml", vec!["servers/server@id=1".into()]),
        ("servers?format=xml", vec!["servers/server@id=1".into()]),
        (
            "servers/detail.xml",
            vec!["servers/server@progress=100".into()],
        ),
        (
            "servers/1/ips.xml",
            vec!["addresses/network/ip@addr=203.0.113.2".into()],
        ),
        (
            "servers/1/ips/1.xml",
            vec!["network@id=1".into(), "network/ip@version=4".into()],
        ),
        ("servers/1/metadata.xml", vec!["metadata/meta@key=k".into()]),
        (
            "flavors/1.xml",
            vec!["flavor@cpu=1".into(), "flavor@ram=1024".into()],
        ),
        (
            "flavors.xml",
            vec!["flavors/flavor@name=C1R1024D20drbd".into()],
        ),
        ("images.xml", vec![format!("images/image@id={image}")]),
        (
            "images/detail.xml",
            vec!["images/image/metadata/meta@key=os".into()],
        ),
        ("networks/1.xml", vec!["network@name=Public".into()]),
        (
            ".xml",
            vec![
                "version@xmlns=http://docs.openstack.org/common/api/v1.0".into(),
                "version/media-types/media-type@base=application/json".into(),
                "version/atom:link@rel=self".into(),
            ],
        ),
    ] {
        let got = cloud
            .ask(1, "GET", &format!("/compute/v2.0/{path}"), None)
            .await;
        assert_eq!(got.status, 200, "{path}: {}", got.text());
        assert_eq!(
            got.headers["content-type"], "application/xml; charset=UTF-8",
            "{path}"
        );
        let found = tree(got.text());
        for one in wanted {
            assert!(found.contains(&one), "{path}: {one}: {found:?}");
        }
    }
    let got = cloud
        .ask(1, "GET", "/network/v2.0/networks/1.xml", None)
        .await;
    assert!(tree(got.text()).contains(&"network/subnets/subnet@id=1".to_owned()));
    // JSON by query wins over the suffix; what has no XML form stays JSON.
    for path in ["servers.xml?format=json", "limits.xml"] {
        let got = cloud
            .ask(1, "GET", &format!("/compute/v2.0/{path}"), None)
            .await;
        assert_eq!(
            got.headers["content-type"], "application/json; charset=UTF-8",
            "{path}"
        );
    }
    let got = cloud.ask(1, "GET", &format!("{SERVERS}/9.xml"), None).await;
    assert!(got.text().contains("<itemNotFound"), "{}", got.text());
}
