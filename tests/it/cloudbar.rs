//! The bar of all services on a page of another place, in headless Chromium: the page
//! includes the script and nothing else.

use crate::{axe::Demo, browser::Driver, path::Window};
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
};

/// Serves one page, whatever is asked for, at another origin.
fn elsewhere(page: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(&stream);
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
                line.clear();
            }
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8";
            let length = page.len();
            let answer =
                format!("{head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{page}");
            // The browser may have gone.
            let _ = (&stream).write_all(answer.as_bytes());
        }
    });
    format!("http://localhost:{port}/")
}

// ID-CLB-02 ID-MNU-04 ID-MNU-05
#[test]
fn a_page_of_another_place_gets_the_bar_by_including_the_script() {
    let (Some(driver), Some(demo)) = (Driver::start(), Demo::start()) else {
        return;
    };
    let page = elsewhere(format!(
        "<!doctype html><title>x</title><body><h1>Elsewhere</h1>\
         <script>var CLOUDBAR_ACTIVE_SERVICE = 'cyclades';</script>\
         <script src=\"{}/static/im/cloudbar/cloudbar.js\"></script>",
        demo.url
    ));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let window = Window {
        runtime: &runtime,
        driver: runtime.block_on(driver.window(true, 1280)),
        base: demo.url.clone(),
    };
    window.open(&page);
    // The cookie of the cloud is not this page's: the menu is nobody's.
    let sign_in = window.find(".cloudbar .profile a");
    let href = runtime.block_on(sign_in.attr("href")).unwrap().unwrap();
    assert_eq!(href, format!("{}/ui/", demo.url));
    assert_eq!(window.text(".cloudbar .service-pithos a"), "Pithos");
    assert_eq!(
        window.text(".cloudbar .service-cyclades.active a"),
        "Cyclades"
    );
    assert!(!window.source().contains("service-astakos"));
    // It is on top, as high and as dark as the settings say.
    let look = "const bar = document.querySelector('.cloudbar');
        const [box, style] = [bar.getBoundingClientRect(), getComputedStyle(bar)];
        return document.body.firstElementChild === bar && box.height === 35
            && style.backgroundColor === 'rgb(0, 0, 0)' && style.color === 'rgb(255, 255, 255)'
            && document.querySelector('.cloudbar .home img').naturalWidth > 0;";
    crate::server::wait_for("sheet and icon of the bar", || {
        let looks = window.driver.execute(look, vec![]);
        let looks: bool = runtime.block_on(looks).unwrap().convert().unwrap();
        looks.then_some(())
    });
    window.close();
}
