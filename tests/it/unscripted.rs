//! Without scripts every filter is a link or a form.

use anyhow::Result;
use fantoccini::Locator;
use tests::browser::{Browser, Scripts};
use tests::shared;

/// A filter: where it stands, what is chosen, what leads on, and what the address says then.
struct Filter {
    page: &'static str,
    choose: &'static [&'static str],
    leave_by: &'static str,
    address: &'static str,
}

const FILTERS: [Filter; 9] = [
    Filter {
        page: "en/",
        choose: &[
            "label:has(> input[name=year][value='2021'])",
            "select[name=criterion] option[value=internet_access]",
        ],
        leave_by: "form.chooser button[type=submit]",
        address: "/en/?criterion=internet_access&year=2021",
    },
    Filter {
        page: "ru/regions/KZ-61",
        choose: &[],
        leave_by: ".year-links a[href*='year=2022']",
        address: "/ru/regions/KZ-61?year=2022",
    },
    Filter {
        page: "kk/compare?area=KZ-71&area=KZ-61",
        choose: &["select[name=area] option[value=KZ-62]"],
        leave_by: "form.chooser button[type=submit]",
        address: "/kk/compare?area=KZ-71&area=KZ-61&area=KZ-62",
    },
    Filter {
        page: "kk/compare?area=KZ-71&area=KZ-61",
        choose: &[],
        leave_by: ".compared.peer0 a.remove",
        address: "/kk/compare?area=KZ-61",
    },
    Filter {
        page: "en/weights",
        choose: &["select[name=aggregate] option[value=geometric]"],
        leave_by: "form.scenario button[type=submit]",
        address: "aggregate=geometric",
    },
    Filter {
        page: "en/indicators/regions/internet_users",
        choose: &["select[name=against] option:not([selected])"],
        leave_by: "form:has(select[name=against]) button[type=submit]",
        address: "against=",
    },
    Filter { page: "en/releases", choose: &[], leave_by: "table.days a", address: "/en/?as_of=" },
    Filter { page: "en/sources", choose: &[], leave_by: "nav.languages a[hreflang=ru]", address: "/ru/sources" },
    Filter { page: "en/countries", choose: &[], leave_by: "nav.pages a[href*='/compare']", address: "/en/compare" },
];

async fn address_after(browser: &Browser, url: &str, filter: &Filter) -> Result<String> {
    browser.open(url).await?;
    for choice in filter.choose {
        browser.click(choice).await?;
    }
    browser.follow(filter.leave_by).await?;
    let address = browser.address().await?;
    Ok(address.query().map_or_else(|| address.path().to_owned(), |query| format!("{}?{query}", address.path())))
}

#[tokio::test]
async fn every_filter_is_a_link_or_a_form() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::Off).await.unwrap();
    for filter in &FILTERS {
        let found = address_after(&browser, &service.url(&format!("/{}", filter.page)), filter).await.unwrap();
        assert!(found.contains(filter.address), "{}: {found}", filter.page);
    }

    browser.open(&service.url("/en/about")).await.unwrap();
    let words = browser.find("header input[type=search]").await.unwrap();
    words.send_keys("almaty").await.unwrap();
    browser.follow("header .search button").await.unwrap();
    let found = browser.find(".results").await.unwrap().find_all(Locator::Css("a")).await.unwrap();
    assert!(!found.is_empty());
    browser.close().await.unwrap();
}
