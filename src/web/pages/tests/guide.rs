//! The guide, for whom it is.

use super::*;

// ID-OPS-05
#[tokio::test]
async fn the_guide_is_for_administrators_unless_it_is_public() {
    let house = House::new();
    house.person("maria@example.org").await;
    let nobody = Browser::new(&house).get("/guide").await;
    assert_eq!(nobody.leads_to(), "/ui/login?next=%2Fguide");
    let maria = Browser::new(&house);
    maria.log_in("maria@example.org", PASSWORD).await.leads_to();
    maria.get("/guide/accounts").await.is(403);

    let house = House::with(&[("GUIDE_PUBLIC", Value::Bool(true))]);
    let nobody = Browser::new(&house);
    let page = nobody.get("/guide/accounts").await.is(200);
    assert!(page.contains("<h1>Accounts</h1>"), "{page}");
    assert!(page.contains("<table>"), "{page}");
    for chapter in wire::guide::CHAPTERS {
        let link = format!("href=\"/guide/{}\"", chapter.name);
        assert!(page.contains(&link), "{link}");
    }
    nobody.get("/guide/none").await.is(404);
}
