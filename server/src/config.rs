//! What an operator chooses: [`Config`], from flags, then `SANDYQ_…` variables, then a TOML file,
//! then the defaults. The only reader of environment variables. What a dataflow is, and when it
//! is fetched, stands in the catalogue, not here.

use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;
use indicators::code::DataflowId;
use serde::Deserialize;
use toml::de;
use url::Url;

use crate::schedule::JITTER;
use crate::sources::provider_key::ProviderKey;

const PREFIX: &str = "SANDYQ_";
const BASE_URL_PREFIX: &str = "SANDYQ_BASE_URL_";
const PROVIDER_KEY_PREFIX: &str = "SANDYQ_PROVIDER_KEY_";
/// Some providers compute a table while they are asked for it.
const PROVIDER_TIMEOUT_S: u64 = 30;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Whether dataflows are refreshed by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleMode {
    /// By the cron expression of each dataflow.
    On,
    /// Only when somebody asks.
    Off,
}

/// The choices in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Everything that is kept.
    pub data: PathBuf,
    /// Where the service listens.
    pub bind: SocketAddr,
    /// Scheme and host by which readers reach the service, `https://example.org`, for links that leave it.
    pub public_url: Option<String>,
    /// Mirrors and test servers, by provider or dataflow, in upper case with `_`.
    base_urls: BTreeMap<String, Url>,
    /// Keys providers gave, by provider or dataflow, in upper case with `_`.
    provider_keys: BTreeMap<String, ProviderKey>,
    /// Hand-downloaded files, one folder for each dataflow.
    pub drop_folder: PathBuf,
    /// Whether the schedule runs.
    pub schedule: ScheduleMode,
    /// Over how long the starts of the schedule are spread, so that providers do not meet all of us at once.
    pub schedule_jitter: Duration,
    /// The zone of cron expressions and of "today".
    pub time_zone: Tz,
    /// Variables that look like settings and are none.
    pub unknown_variables: Vec<String>,
    /// Where to tell of runs that went wrong.
    pub alert_url: Option<Url>,
    /// PEM file of authorities trusted beside those of the machine when providers are asked.
    pub authorities: Option<PathBuf>,
    /// How long a provider may be silent before it is given up.
    pub provider_timeout: Duration,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// What is logged: a `tracing` filter.
    pub log_filter: String,
}

/// What the command line says; it wins over everything else.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Flags {
    /// Folder of everything that is kept [default: ./data]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub bind: Option<String>,
    /// Settings file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of hand-downloaded files [default: drop/ in the data folder]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub drop_folder: Option<PathBuf>,
    /// Whether dataflows are refreshed by their schedule [default: on]
    #[arg(long, global = true, value_name = "MODE")]
    pub schedule: Option<ScheduleMode>,
    /// How log lines are written [default: text]
    #[arg(long, global = true, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    data: Option<PathBuf>,
    bind: Option<String>,
    public_url: Option<String>,
    drop_folder: Option<PathBuf>,
    schedule: Option<ScheduleMode>,
    schedule_jitter_s: Option<u64>,
    time_zone: Option<String>,
    log_format: Option<LogFormat>,
    log_filter: Option<String>,
    alert_url: Option<String>,
    authorities: Option<PathBuf>,
    provider_timeout_s: Option<u64>,
    #[serde(default)]
    base_urls: BTreeMap<String, String>,
    #[serde(default)]
    provider_keys: BTreeMap<String, HiddenText>,
}

/// A text of the file that may be a secret.
#[derive(Default, Deserialize)]
#[serde(transparent)]
struct HiddenText(String);

impl fmt::Debug for HiddenText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(hidden)")
    }
}

/// The configuration was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The settings file cannot be read.
    #[error("the settings file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The settings file is not the TOML expected.
    #[error("the settings file {}: {source}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<de::Error>,
    },
    /// A setting is not what belongs there.
    #[error("{name} is {found:?}; expected {expected}")]
    Value {
        /// The variable, flag or key.
        name: String,
        /// What belongs there.
        expected: &'static str,
        /// What was given.
        found: String,
    },
}

/// The last is read when the program is built.
const KNOWN: [&str; 14] = [
    "SANDYQ_CONFIG",
    "SANDYQ_DATA",
    "SANDYQ_BIND",
    "SANDYQ_PUBLIC_URL",
    "SANDYQ_DROP_FOLDER",
    "SANDYQ_SCHEDULE",
    "SANDYQ_SCHEDULE_JITTER_S",
    "SANDYQ_TIME_ZONE",
    "SANDYQ_LOG_FORMAT",
    "SANDYQ_LOG",
    "SANDYQ_SITE_DIR",
    "SANDYQ_ALERT_URL",
    "SANDYQ_AUTHORITIES",
    "SANDYQ_PROVIDER_TIMEOUT_S",
];

impl Config {
    /// Reads flags, the environment and the settings file.
    ///
    /// # Errors
    /// [`ConfigError`], naming the setting, what was expected and what was found.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub fn read(flags: Flags) -> Result<Self, ConfigError> {
        let variables = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        let file = flags.config.clone().or_else(|| lookup(&variables, "SANDYQ_CONFIG").map(PathBuf::from));
        let settings = match file {
            Some(path) => read_settings(path)?,
            None => Settings::default(),
        };
        Self::resolve(flags, &variables, settings)
    }

    fn resolve(flags: Flags, variables: &BTreeMap<String, String>, file: Settings) -> Result<Self, ConfigError> {
        let variable = |name: &str| lookup(variables, name);
        let data = flags
            .data
            .or_else(|| variable("SANDYQ_DATA").map(PathBuf::from))
            .or(file.data)
            .unwrap_or_else(|| PathBuf::from("data"));
        let bind =
            flags.bind.or_else(|| variable("SANDYQ_BIND")).or(file.bind).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let time_zone = variable("SANDYQ_TIME_ZONE").or(file.time_zone).unwrap_or_else(|| "Asia/Almaty".to_owned());
        let mut base_urls = BTreeMap::new();
        for (name, url) in file.base_urls {
            base_urls.insert(base_url_key(&name), base_url(&format!("base_urls.{name}"), url)?);
        }
        for (name, url) in variables {
            if let Some(key) = name.strip_prefix(BASE_URL_PREFIX) {
                base_urls.insert(base_url_key(key), base_url(name, url.clone())?);
            }
        }
        let mut provider_keys = BTreeMap::new();
        for (name, HiddenText(text)) in file.provider_keys {
            provider_keys.insert(base_url_key(&name), provider_key(&format!("provider_keys.{name}"), &text)?);
        }
        for (name, text) in variables.iter().filter(|(_, text)| !text.is_empty()) {
            if let Some(key) = name.strip_prefix(PROVIDER_KEY_PREFIX) {
                provider_keys.insert(base_url_key(key), provider_key(name, text)?);
            }
        }
        let public_url = variable("SANDYQ_PUBLIC_URL").or(file.public_url).map(public_url).transpose()?;
        let schedule = chosen("SANDYQ_SCHEDULE", "on or off", variable("SANDYQ_SCHEDULE"))?;
        let log_format = chosen("SANDYQ_LOG_FORMAT", "text or json", variable("SANDYQ_LOG_FORMAT"))?;
        let jitter_s = seconds("SANDYQ_SCHEDULE_JITTER_S", variable("SANDYQ_SCHEDULE_JITTER_S"))?;
        let jitter_s = jitter_s.or(file.schedule_jitter_s);
        let timeout_s = seconds("SANDYQ_PROVIDER_TIMEOUT_S", variable("SANDYQ_PROVIDER_TIMEOUT_S"))?;
        let timeout_s = timeout_s.or(file.provider_timeout_s).unwrap_or(PROVIDER_TIMEOUT_S);
        if timeout_s == 0 {
            return Err(ConfigError::Value {
                name: "provider_timeout_s".to_owned(),
                expected: "at least one second",
                found: timeout_s.to_string(),
            });
        }
        Ok(Self {
            drop_folder: flags
                .drop_folder
                .or_else(|| variable("SANDYQ_DROP_FOLDER").map(PathBuf::from))
                .or(file.drop_folder)
                .unwrap_or_else(|| data.join("drop")),
            data,
            bind: bind.parse().map_err(|_not_an_address| ConfigError::Value {
                name: "bind".to_owned(),
                expected: "an address and a port such as 127.0.0.1:8080",
                found: bind,
            })?,
            public_url,
            base_urls,
            provider_keys,
            schedule: flags.schedule.or(schedule).or(file.schedule).unwrap_or(ScheduleMode::On),
            schedule_jitter: jitter_s.map_or(JITTER, Duration::from_secs),
            time_zone: time_zone.parse().map_err(|_unknown| ConfigError::Value {
                name: "time_zone".to_owned(),
                expected: "a name of the time zone database such as Asia/Almaty",
                found: time_zone,
            })?,
            unknown_variables: variables
                .keys()
                .filter(|name| {
                    let is_of_many =
                        [BASE_URL_PREFIX, PROVIDER_KEY_PREFIX].iter().any(|prefix| name.starts_with(prefix));
                    !is_of_many && !KNOWN.contains(&name.as_str())
                })
                .cloned()
                .collect(),
            alert_url: variable("SANDYQ_ALERT_URL")
                .or(file.alert_url)
                .map(|found| base_url("alert_url", found))
                .transpose()?,
            authorities: variable("SANDYQ_AUTHORITIES").map(PathBuf::from).or(file.authorities),
            provider_timeout: Duration::from_secs(timeout_s),
            log_format: flags.log_format.or(log_format).or(file.log_format).unwrap_or(LogFormat::Text),
            log_filter: variable("SANDYQ_LOG").or(file.log_filter).unwrap_or_else(|| "info".to_owned()),
        })
    }

    /// Where requests of a dataflow go instead of to its provider, if anywhere. A dataflow's own
    /// setting wins over its provider's.
    #[must_use]
    pub fn base_url(&self, provider: &str, dataflow: &DataflowId) -> Option<&Url> {
        self.base_urls.get(&base_url_key(dataflow.as_str())).or_else(|| self.base_urls.get(&base_url_key(provider)))
    }

    /// The key to show when a dataflow is asked for. A dataflow's own wins over its provider's.
    #[must_use]
    pub fn provider_key(&self, provider: &str, dataflow: &DataflowId) -> Option<&ProviderKey> {
        let own = self.provider_keys.get(&base_url_key(dataflow.as_str()));
        own.or_else(|| self.provider_keys.get(&base_url_key(provider)))
    }

    /// The names keys were given for, to be held against the catalogue.
    pub fn provider_key_names(&self) -> impl Iterator<Item = &str> {
        self.provider_keys.keys().map(String::as_str)
    }

    /// The names base URLs were given for, to be held against the catalogue.
    pub fn base_url_names(&self) -> impl Iterator<Item = &str> {
        self.base_urls.keys().map(String::as_str)
    }
}

/// Variables cannot hold `-` or `.`, so names are compared in upper case with `_`.
#[must_use]
pub fn base_url_key(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// An empty variable is an unset one.
fn lookup(variables: &BTreeMap<String, String>, name: &str) -> Option<String> {
    variables.get(name).filter(|value| !value.is_empty()).cloned()
}

fn seconds(name: &str, found: Option<String>) -> Result<Option<u64>, ConfigError> {
    let Some(found) = found else { return Ok(None) };
    match found.parse() {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(ConfigError::Value { name: name.to_owned(), expected: "a whole number of seconds", found }),
    }
}

fn chosen<T: clap::ValueEnum>(
    name: &str,
    expected: &'static str,
    found: Option<String>,
) -> Result<Option<T>, ConfigError> {
    let Some(found) = found else { return Ok(None) };
    match T::from_str(&found, true) {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(ConfigError::Value { name: name.to_owned(), expected, found }),
    }
}

/// Scheme and host without a slash behind them.
fn public_url(found: String) -> Result<String, ConfigError> {
    let origin = Url::parse(&found).ok().filter(|url| {
        matches!(url.scheme(), "https" | "http") && url.path() == "/" && url.query().is_none() && url.has_host()
    });
    match origin {
        Some(url) => Ok(url.origin().ascii_serialization()),
        None => Err(ConfigError::Value {
            name: "public_url".to_owned(),
            expected: "scheme and host such as https://example.org",
            found,
        }),
    }
}

fn base_url(name: &str, found: String) -> Result<Url, ConfigError> {
    match Url::parse(&found) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err(ConfigError::Value { name: name.to_owned(), expected: "an http or https URL", found }),
    }
}

/// A text that is no key is not repeated: it may be one with a slip in it.
fn provider_key(name: &str, text: &str) -> Result<ProviderKey, ConfigError> {
    text.parse().map_err(|_no_key| ConfigError::Value {
        name: name.to_owned(),
        expected: "visible ASCII characters without spaces",
        found: "(hidden)".to_owned(),
    })
}

fn read_settings(path: PathBuf) -> Result<Settings, ConfigError> {
    match fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).map_err(|error| ConfigError::Toml { path, source: Box::new(error) }),
        Err(source) => Err(ConfigError::Read { path, source }),
    }
}

#[cfg(test)]
mod tests;
