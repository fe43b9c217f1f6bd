//! A cached answer with what stands before it for a client of the same machine (identifiers, bounds, negotiation,
//! headers), beside `nginx` sending the same bytes from a file. Requests of the machine itself are not counted, so the
//! limiter is not measured.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::super::{Server, line};
use super::TURNS;
use super::generator::{Asking, Rate, at_full_speed};
use crate::workspace::Workspace;

const PATH: &str = "/api/v1/index";
const CONNECTIONS: u32 = 64;
const SECONDS: u64 = 4;
/// The least share of nginx's rate.
const BUDGET: &str = "0.9 of nginx";

/// Compares the answer as it is, and compressed.
pub(super) fn compare(workspace: &Workspace, server: &Server) -> Result<()> {
    let nginx = Nginx::start(workspace, server)?;
    for (name, coding, file) in [("as it is", "identity", "plain"), ("brotli", "br", "brotli")] {
        let accept = format!("Accept-Encoding: {coding}");
        let asking = Asking { connections: CONNECTIONS, seconds: SECONDS, headers: &[&accept], script: None };
        let theirs_url = format!("http://127.0.0.1:{}/{file}", nginx.port);
        ensure!(
            server.bytes(PATH, coding)? == fs::read(nginx.folder.path().join("www").join(file))?,
            "the bytes of {PATH} changed while they were compared"
        );
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            ours.push(at_full_speed(&server.url(PATH), &asking)?);
            theirs.push(at_full_speed(&theirs_url, &asking)?);
        }
        let (ours, theirs) = (Rate::best(&ours)?, Rate::best(&theirs)?);
        line(&format!("nginx, the bytes of {PATH}, {name}"), &theirs.shown(), "no budget");
        line(&format!("GET {PATH}, {name}, {CONNECTIONS} conn."), &ours.shown(), BUDGET);
        line("  of nginx", &format!("{:.2}", ours.a_second / theirs.a_second), BUDGET);
    }
    Ok(())
}

/// An nginx of our own on a port of its own, ended when dropped.
struct Nginx {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Nginx {
    fn start(workspace: &Workspace, server: &Server) -> Result<Self> {
        let folder = tempfile::tempdir_in(&workspace.target).context("creating a folder for nginx")?;
        let www = folder.path().join("www");
        fs::create_dir(&www)?;
        fs::write(www.join("plain"), server.bytes(PATH, "identity")?)?;
        fs::write(www.join("brotli"), server.bytes(PATH, "br")?)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let settings = settings_in(folder.path());
        fs::write(&settings, settings_of(folder.path(), port))?;
        let child = nginx(folder.path()).args(["-g", "daemon off;"]).spawn().context("starting nginx")?;
        let started = Self { child, port, folder };
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            ensure!(begun.elapsed() < Duration::from_secs(10), "nginx does not listen");
            thread::sleep(Duration::from_millis(20));
        }
        Ok(started)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Told to, it ends its workers too.
        _ = nginx(self.folder.path()).args(["-s", "stop"]).status();
        _ = self.child.wait();
    }
}

fn nginx(folder: &Path) -> Command {
    let mut command = Command::new("nginx");
    command.arg("-p").arg(folder).arg("-c").arg(settings_in(folder));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn settings_in(folder: &Path) -> PathBuf {
    folder.join("nginx.conf")
}

/// Tuned as its manual says for small files: no log, the file kept open, connections that stay.
fn settings_of(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        "user root;
         worker_processes auto;
         pid {folder}/nginx.pid;
         error_log {folder}/error.log;
         events {{ worker_connections 1024; }}
         http {{
           access_log off;
           sendfile on;
           tcp_nopush on;
           keepalive_requests 1000000000;
           open_file_cache max=100;
           open_file_cache_valid 3600s;
           client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
           uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
           default_type application/json;
           server {{
             listen 127.0.0.1:{port} reuseport;
             root {folder}/www;
             location = /brotli {{ add_header Content-Encoding br; }}
           }}
         }}\n"
    )
}
