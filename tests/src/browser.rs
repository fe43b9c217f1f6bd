//! A browser without a window, driven over WebDriver.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::wd::{Capabilities, PrintConfiguration, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::interval;
use url::{ParseError, Url};

use crate::service::free_address;

const DEADLINE: Duration = Duration::from_mins(1);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// As in any browser.
    On,
    /// Switched off by the reader.
    Off,
}

/// What a page is shown on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// A screen, as usual.
    LightScreen,
    /// The screen of a reader who asked for dark pages.
    DarkScreen,
    /// Paper.
    Paper,
}

/// A key of the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Goes on to the next stop.
    Tab,
    /// Takes away what is shown over the page.
    Escape,
    /// Goes to the right.
    ArrowRight,
    /// Goes down.
    ArrowDown,
}

impl Key {
    const fn name_and_code(self) -> (&'static str, u8) {
        match self {
            Self::Tab => ("Tab", 9),
            Self::Escape => ("Escape", 27),
            Self::ArrowRight => ("ArrowRight", 39),
            Self::ArrowDown => ("ArrowDown", 40),
        }
    }
}

/// A browser and its driver, ended when dropped.
pub struct Browser {
    client: Client,
    driver: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts a driver and a browser with an empty profile.
    ///
    /// # Errors
    /// When `chromedriver` or `chromium` is not installed, or does not start in time.
    pub async fn start(scripts: Scripts) -> Result<Self> {
        let address = free_address()?;
        let profile = tempfile::tempdir().context("creating a profile")?;
        let driver = Command::new("chromedriver")
            .arg(format!("--port={}", address.port()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("starting chromedriver; `cargo xtask test` installs it")?;
        let capabilities = capabilities(&profile, scripts)?;
        let direct = reqwest::Client::builder().no_proxy().build()?;
        let begun = Instant::now();
        let mut looks = interval(LOOK_AGAIN);
        loop {
            looks.tick().await;
            // Asked for a session before it listens, the driver refuses the connection; nothing has begun then.
            if direct.get(format!("http://{address}/status")).send().await.is_ok() {
                break;
            }
            ensure!(begun.elapsed() < DEADLINE, "chromedriver did not listen on {address} in {DEADLINE:?}");
        }
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://{address}"))
            .await
            .context("starting chromium")?;
        Ok(Self { client, driver, _profile: profile })
    }

    /// Opens a page and waits until it is loaded.
    ///
    /// # Errors
    /// When the browser says so.
    pub async fn open(&self, url: &str) -> Result<()> {
        self.client.goto(url).await.with_context(|| format!("opening {url}"))
    }

    /// The address shown.
    ///
    /// # Errors
    /// When the browser says so.
    pub async fn address(&self) -> Result<Url> {
        self.client.current_url().await.context("reading the address")
    }

    /// The first element that fits a CSS selector, awaited.
    ///
    /// # Errors
    /// When none appears in time.
    pub async fn find(&self, css: &str) -> Result<Element> {
        let wait = self.client.wait().at_most(DEADLINE).every(LOOK_AGAIN);
        wait.for_element(Locator::Css(css)).await.with_context(|| format!("waiting for {css}"))
    }

    /// Every element that fits a CSS selector now.
    ///
    /// # Errors
    /// When the browser says so.
    pub async fn find_all(&self, css: &str) -> Result<Vec<Element>> {
        self.client.find_all(Locator::Css(css)).await.with_context(|| format!("looking for {css}"))
    }

    /// The visible text of the first element that fits.
    ///
    /// # Errors
    /// When none appears in time.
    pub async fn text(&self, css: &str) -> Result<String> {
        self.find(css).await?.text().await.with_context(|| format!("reading {css}"))
    }

    /// Clicks the first element that fits.
    ///
    /// # Errors
    /// When none appears in time, or something covers it.
    pub async fn click(&self, css: &str) -> Result<()> {
        self.find(css).await?.click().await.with_context(|| format!("clicking {css}"))
    }

    /// Clicks what leads to another page and waits until that one has taken the place of this one: the driver may
    /// answer a click before the browser has left.
    ///
    /// # Errors
    /// When none appears in time, something covers it, or the page stays.
    pub async fn follow(&self, css: &str) -> Result<()> {
        let page = self.find("html").await?;
        self.click(css).await?;
        let begun = Instant::now();
        let mut looks = interval(LOOK_AGAIN);
        loop {
            looks.tick().await;
            match page.tag_name().await {
                Ok(_) => ensure!(begun.elapsed() < DEADLINE, "the page stayed for {DEADLINE:?} after clicking {css}"),
                Err(error) if error.is_stale_element_reference() => return Ok(()),
                Err(error) => return Err(error).with_context(|| format!("leaving by {css}")),
            }
        }
    }

    /// Clicks the first of several elements that is shown: a chart stands in the page wide and compact, and
    /// the style shows one of them.
    ///
    /// # Errors
    /// When none is shown, or it cannot be clicked.
    pub async fn click_shown(&self, css: &str) -> Result<()> {
        for element in self.find_all(css).await? {
            if element.is_displayed().await? {
                return element.click().await.with_context(|| format!("clicking {css}"));
            }
        }
        bail!("nothing of {css} is shown")
    }

    /// Runs a script in the page; `return` gives its value.
    ///
    /// # Errors
    /// When it throws.
    pub async fn evaluate(&self, script: &str) -> Result<Value> {
        self.client.execute(script, Vec::new()).await.with_context(|| format!("running {script}"))
    }

    /// Runs a script that answers by calling its last argument.
    ///
    /// # Errors
    /// When it throws, or does not answer in time.
    pub async fn evaluate_later(&self, script: &str) -> Result<Value> {
        self.client.execute_async(script, Vec::new()).await.with_context(|| format!("running {script}"))
    }

    /// Runs a script in every page opened from now on, before any of its own.
    ///
    /// # Errors
    /// When the browser says so.
    pub async fn before_each_page(&self, script: &str) -> Result<()> {
        let parameters = json!({ "source": script });
        let command = DevTools { command: "Page.addScriptToEvaluateOnNewDocument", parameters };
        self.client.issue_cmd(command).await.context("preparing pages")?;
        Ok(())
    }

    /// Shows pages as to a reader who asked for dark ones, or on paper.
    ///
    /// # Errors
    /// When the browser says so.
    pub async fn show_on(&self, medium: Medium) -> Result<()> {
        let (media, scheme) = match medium {
            Medium::LightScreen => ("screen", "light"),
            Medium::DarkScreen => ("screen", "dark"),
            Medium::Paper => ("print", "light"),
        };
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        let parameters = json!({ "media": media, "features": [feature] });
        let command = DevTools { command: "Emulation.setEmulatedMedia", parameters };
        self.client.issue_cmd(command).await.context("setting the medium")?;
        Ok(())
    }

    /// Presses the tab key as often as asked and tells what has the focus after each press.
    ///
    /// # Errors
    /// When the browser says so.
    pub async fn tab_through(&self, presses: usize, describe: &str) -> Result<Vec<Value>> {
        let mut seen = Vec::with_capacity(presses);
        for _ in 0..presses {
            self.press(Key::Tab).await?;
            seen.push(self.evaluate(describe).await?);
        }
        Ok(seen)
    }

    /// Presses a key.
    ///
    /// # Errors
    /// When the browser says so.
    pub async fn press(&self, key: Key) -> Result<()> {
        let (name, code) = key.name_and_code();
        for kind in ["keyDown", "keyUp"] {
            let parameters = json!({ "type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code });
            let command = DevTools { command: "Input.dispatchKeyEvent", parameters };
            self.client.issue_cmd(command).await.context("pressing a key")?;
        }
        Ok(())
    }

    /// Moves the pointer to the middle of the first element that fits and is shown.
    ///
    /// # Errors
    /// When none is shown, or the browser says so.
    pub async fn point_at(&self, css: &str) -> Result<()> {
        // The page is painted where it was scrolled to before the pointer moves over it.
        let middle = format!(
            "const done = arguments[arguments.length - 1]; \
             const shown = [...document.querySelectorAll({})].find(one => one.checkVisibility()); \
             shown.scrollIntoView({{ block: 'center' }}); \
             requestAnimationFrame(() => requestAnimationFrame(() => {{ const space = shown.getBoundingClientRect(); \
             done([space.x + space.width / 2, space.y + space.height / 2]); }}));",
            Value::from(css)
        );
        let middle = self.evaluate_later(&middle).await?;
        let parameters = json!({ "type": "mouseMoved", "x": middle[0], "y": middle[1] });
        let command = DevTools { command: "Input.dispatchMouseEvent", parameters };
        self.client.issue_cmd(command).await.with_context(|| format!("pointing at {css}"))?;
        Ok(())
    }

    /// Waits until a script returns true.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn wait_until(&self, script: &str) -> Result<()> {
        let begun = Instant::now();
        let mut looks = interval(LOOK_AGAIN);
        loop {
            looks.tick().await;
            // A page that is just being replaced cannot answer; the next look will tell.
            if matches!(self.evaluate(script).await, Ok(Value::Bool(true))) {
                return Ok(());
            }
            ensure!(begun.elapsed() < DEADLINE, "not true in {DEADLINE:?}: {script}");
        }
    }

    /// Lays pages out as on a screen of this size, also narrower than a window can be.
    ///
    /// # Errors
    /// When the browser says so.
    pub async fn be_as_wide_as(&self, width: u32, height: u32) -> Result<()> {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        let command = DevTools { command: "Emulation.setDeviceMetricsOverride", parameters: screen };
        self.client.issue_cmd(command).await.context("setting the size of the screen")?;
        Ok(())
    }

    /// How many sheets of paper the page takes.
    ///
    /// # Errors
    /// When the browser says so.
    pub async fn sheets_of_paper(&self) -> Result<usize> {
        let paper = self.client.print(PrintConfiguration::default()).await.context("printing")?;
        let text = String::from_utf8_lossy(&paper);
        // "/Type /Pages" is the list of them.
        Ok(text.match_indices("/Type /Page").filter(|(at, found)| !text[at + found.len()..].starts_with('s')).count())
    }

    /// Looks into a frame of the page from now on.
    ///
    /// # Errors
    /// When there is none.
    pub async fn enter_frame(&self, css: &str) -> Result<()> {
        self.find(css).await?.enter_frame().await.with_context(|| format!("entering {css}"))
    }

    /// A picture of the window, as PNG.
    ///
    /// # Errors
    /// When the browser says so.
    pub async fn picture(&self) -> Result<Vec<u8>> {
        self.client.screenshot().await.context("taking a picture")
    }

    /// What the page wrote on the console at level "severe", since the last look: errors, files that did not
    /// load, rules of the content policy that were broken.
    ///
    /// # Errors
    /// When the browser says so.
    pub async fn console_errors(&self) -> Result<Vec<String>> {
        let entries = self.client.issue_cmd(ConsoleLog).await.context("reading the console")?;
        let severe = |entry: &&Value| entry.get("level").and_then(Value::as_str) == Some("SEVERE");
        let message = |entry: &Value| entry.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(entries.as_array().into_iter().flatten().filter(severe).map(message).collect())
    }

    /// Closes the browser and its driver.
    ///
    /// # Errors
    /// When they do not end.
    pub async fn close(mut self) -> Result<()> {
        self.client.close().await.context("closing chromium")?;
        self.driver.kill().await.context("ending chromedriver")
    }
}

/// The driver's log of the console, which the standard does not have.
#[derive(Debug)]
struct ConsoleLog;

impl WebDriverCompatibleCommand for ConsoleLog {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, ParseError> {
        base_url.join(&format!("session/{}/se/log", session_id.unwrap_or_default()))
    }

    fn method_and_body(&self, _request_url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

/// A command of the browser's own tools, by the driver's extension.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, ParseError> {
        base_url.join(&format!("session/{}/goog/cdp/execute", session_id.unwrap_or_default()))
    }

    fn method_and_body(&self, _request_url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()))
    }
}

fn capabilities(profile: &TempDir, scripts: Scripts) -> Result<Capabilities> {
    let arguments = [
        "--headless".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--no-proxy-server".to_owned(),
        "--window-size=1280,900".to_owned(),
        format!("--user-data-dir={}", profile.path().display()),
    ];
    // 2 is "block" in the browser's own preferences.
    let preferences = match scripts {
        Scripts::On => json!({}),
        Scripts::Off => json!({ "profile.managed_default_content_settings.javascript": 2 }),
    };
    let wanted = json!({
        "goog:chromeOptions": { "args": arguments, "prefs": preferences },
        "goog:loggingPrefs": { "browser": "ALL" },
    });
    serde_json::from_value(wanted).context("writing the capabilities")
}
