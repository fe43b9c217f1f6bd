//! Which setting wins, and what is refused.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;

fn resolve(variables: &[(&str, &str)], file: &str) -> Result<Config, String> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::resolve(Flags::default(), &variables, toml::from_str(file).unwrap()).map_err(|error| error.to_string())
}

#[test]
fn nothing_need_be_configured() {
    let config = resolve(&[], "").unwrap();
    assert_eq!(config.data, PathBuf::from("data"));
    assert_eq!(config.drop_folder, PathBuf::from("data/drop"));
    assert_eq!(config.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(config.time_zone.name(), "Asia/Almaty");
    assert_eq!(config.schedule, ScheduleMode::On);
}

#[test]
fn flags_win_over_variables_and_variables_over_the_file() {
    let file = "data = '/file'\nbind = '0.0.0.0:1'\nschedule = 'off'";
    let config = resolve(&[("SANDYQ_DATA", "/variable"), ("SANDYQ_SCHEDULE", "ON")], file).unwrap();
    assert_eq!((config.data, config.schedule), (PathBuf::from("/variable"), ScheduleMode::On));
    assert_eq!(config.bind.to_string(), "0.0.0.0:1");
    let variables = [("SANDYQ_DATA".to_owned(), "/variable".to_owned())].into();
    let flags = Flags { data: Some(PathBuf::from("/flag")), ..Flags::default() };
    let config = Config::resolve(flags, &variables, toml::from_str(file).unwrap()).unwrap();
    assert_eq!(config.data, PathBuf::from("/flag"));
    let config = resolve(&[("SANDYQ_DATA", "")], file).unwrap();
    assert_eq!(config.data, PathBuf::from("/file"));
}

#[test]
fn base_urls_are_found_by_dataflow_and_then_by_provider() {
    let file = "[base_urls]\nun-desa = 'http://127.0.0.1:9/file'\nkazstat = 'http://127.0.0.1:9/k'";
    let variables =
        [("SANDYQ_BASE_URL_UN_DESA", "http://127.0.0.1:1"), ("SANDYQ_BASE_URL_BNS_SDG_17_8_1", "http://127.0.0.1:2")];
    let config = resolve(&variables, file).unwrap();
    let check = |provider: &str, dataflow: &str, expected: Option<&str>| {
        let found = config.base_url(provider, &dataflow.parse().unwrap()).map(Url::as_str);
        assert_eq!(found, expected, "{provider} {dataflow}");
    };
    check("un-desa", "EGDI", Some("http://127.0.0.1:1/"));
    check("kazstat", "BNS_SDG_17_8_1", Some("http://127.0.0.1:2/"));
    check("kazstat", "BNS_SDG_4_A_1", Some("http://127.0.0.1:9/k"));
    check("world_bank", "WB_WDI", None);
}

#[test]
fn keys_of_providers_are_found_and_never_shown() {
    let file = "[provider_keys]\ngiga = 'from-the-file'\nelsewhere = 'secret-two'";
    let config = resolve(&[("SANDYQ_PROVIDER_KEY_GIGA", "secret-one")], file).unwrap();
    let key = config.provider_key("giga", &"GIGA_SCHOOLS".parse().unwrap());
    assert_eq!(key, "secret-one".parse().ok().as_ref());
    assert_eq!(config.provider_key_names().collect::<Vec<_>>(), ["ELSEWHERE", "GIGA"]);
    assert_eq!(config.unknown_variables, [""; 0]);
    assert!(!format!("{config:?}").contains("secret"));
    let error = resolve(&[("SANDYQ_PROVIDER_KEY_GIGA", "a secret with spaces")], "").unwrap_err();
    assert_eq!(error, r#"SANDYQ_PROVIDER_KEY_GIGA is "(hidden)"; expected visible ASCII characters without spaces"#);
}

#[test]
fn mistakes_are_named() {
    fn check(variables: &[(&str, &str)], file: &str, expected: &str) {
        assert_eq!(resolve(variables, file).unwrap_err(), expected);
    }
    check(&[("SANDYQ_BIND", "8080")], "", r#"bind is "8080"; expected an address and a port such as 127.0.0.1:8080"#);
    check(&[("SANDYQ_SCHEDULE", "maybe")], "", r#"SANDYQ_SCHEDULE is "maybe"; expected on or off"#);
    let (variable, word) = ("SANDYQ_PROVIDER_TIMEOUT_S", "soon");
    check(&[(variable, word)], "", r#"SANDYQ_PROVIDER_TIMEOUT_S is "soon"; expected a whole number of seconds"#);
    check(&[(variable, "0")], "", r#"provider_timeout_s is "0"; expected at least one second"#);
    check(
        &[("SANDYQ_TIME_ZONE", "Asia/Alma-Ata")],
        "",
        r#"time_zone is "Asia/Alma-Ata"; expected a name of the time zone database such as Asia/Almaty"#,
    );
    check(
        &[("SANDYQ_BASE_URL_KAZSTAT", "file:///etc/passwd")],
        "",
        r#"SANDYQ_BASE_URL_KAZSTAT is "file:///etc/passwd"; expected an http or https URL"#,
    );
    assert_eq!(resolve(&[("SANDYQ_DATE", "x"), ("SANDYQ_BIND", "")], "").unwrap().unknown_variables, ["SANDYQ_DATE"]);
}

#[test]
fn a_misspelt_key_of_the_file_is_refused() {
    let error = toml::from_str::<Settings>("drop_foldr = 'x'").unwrap_err().to_string();
    assert!(error.contains("drop_foldr"), "{error}");
}
