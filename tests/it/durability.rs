//! What stands on the disk, and when: flushed in the right order, whole when a write fails, the same again when the
//! index is gone.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::time::{Duration, Instant};

use fs_extra::dir::{self, CopyOptions};
use rustix::process::geteuid;
use serde_json::Value;
use tempfile::TempDir;
use tests::cassette::{Cassette, Reply};
use tests::service::{self, Service, Settings};
use tests::{data, desk, recording, shared};
use tokio::process::Command;
use tokio::time::sleep;

use crate::kill::begin;
use crate::refresh::{DATAFLOW, PATH, RECORDING, TURKISTAN_2023, refresh, to};
use crate::runs;

fn revised() -> Reply {
    Reply::csv(recording::with(RECORDING, TURKISTAN_2023, "2023,PT,,,KZYUZ,97.4\n").unwrap())
}

/// A call that changes or flushes something under the data folder.
#[derive(Debug, PartialEq, Eq)]
enum Call {
    Write(String),
    Sync(String),
    Rename(String, String),
}

/// What `strace -y` wrote, in order, as calls on files of the data folder.
fn calls(trace: &str, data: &Path) -> Vec<Call> {
    let inside = |path: &str| Path::new(path).strip_prefix(data).ok().map(|path| path.display().to_string());
    let call = |line: &str| {
        // `4711  pwrite64(12</data/store/db>, "…", 64, 0) = 64`
        let (before, arguments) = line.split_once('(')?;
        let name = before.split_whitespace().last()?;
        if name.starts_with("rename") {
            let mut quoted = arguments.split('"').skip(1).step_by(2);
            return Some(Call::Rename(inside(quoted.next()?)?, inside(quoted.next()?)?));
        }
        let path = inside(arguments.split_once('<')?.1.split_once('>')?.0)?;
        Some(if name.ends_with("sync") { Call::Sync(path) } else { Call::Write(path) })
    };
    trace.lines().filter_map(call).collect()
}

#[tokio::test]
async fn each_step_is_flushed_before_the_next_begins() {
    let data = data::filled().await.unwrap();
    let folder = fs::canonicalize(data.path()).unwrap();
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, revised());
    let trace = folder.join("trace");
    let traced = "trace=write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2";
    let options = ["-f", "-y", "-e", traced, "-o", trace.to_str().unwrap()];
    let mut command = service::command_under("strace", &options, &folder, &to(&cassette)).unwrap();
    let status = command.args(["refresh", DATAFLOW]).stdout(Stdio::null()).status().await.unwrap();
    assert!(status.success());
    let calls = calls(&fs::read_to_string(&trace).unwrap(), &folder);

    let last = |wanted: &dyn Fn(&Call) -> bool| calls.iter().rposition(wanted);
    let first_after = |start: usize, wanted: &dyn Fn(&Call) -> bool| {
        calls[start..].iter().position(wanted).map(|position| start + position)
    };
    // The payload: written aside, flushed, renamed, and its folder flushed.
    let is_payload = |call: &Call| matches!(call, Call::Rename(_, to) if Path::new(to).extension().is_some_and(|extension| extension == "raw"));
    let renamed = last(&is_payload).expect("the payload is kept");
    let Call::Rename(aside, payload) = &calls[renamed] else { unreachable!() };
    assert!(calls[..renamed].contains(&Call::Sync(aside.clone())), "{aside} is flushed before it is renamed");
    let shard = Path::new(payload).parent().unwrap().display().to_string();
    let kept = first_after(renamed, &|call| *call == Call::Sync(shard.clone())).expect("its folder is flushed");
    // Then the vintage in the index, then the line in the log, then the pointer in the index.
    let logged = last(&|call| *call == Call::Write("runs.jsonl".to_owned())).expect("the run is written down");
    let index = |call: &Call| matches!(call, Call::Sync(path) if path == "store/db");
    let stored = first_after(kept, &index).expect("the index is flushed after the payload");
    assert!(stored < logged, "the vintage is flushed before its run is written down");
    let acknowledged =
        first_after(logged, &|call| *call == Call::Sync("runs.jsonl".to_owned())).expect("the log is flushed");
    let between = &calls[logged + 1..acknowledged];
    assert!(!between.iter().any(|call| matches!(call, Call::Write(path) if path == "store/db")), "{between:?}");
    // Before the pointer moves, what it will name is kept for good.
    let is_release = |call: &Call| matches!(call, Call::Rename(_, to) if to.starts_with("releases/"));
    let archived = first_after(acknowledged, &is_release).expect("the releases are kept");
    let Call::Rename(aside, _) = &calls[archived] else { unreachable!() };
    assert!(calls[..archived].contains(&Call::Sync(aside.clone())), "{aside} is flushed before it is renamed");
    let listed = first_after(archived, &|call| *call == Call::Sync("releases".to_owned())).expect("and their folder");
    let published = first_after(listed, &|call| *call == Call::Write("store/db".to_owned()));
    let flushed = last(&index).expect("the index is flushed");
    assert!(published.is_some_and(|published| published < flushed), "what is published is flushed too");
}

/// Runs a command that may make no file longer than so many bytes: every write beyond fails, as on a full disk.
async fn refresh_in(kilobytes: u32, data: &Path, settings: &Settings) -> String {
    let script = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" \"$@\"");
    let mut command = service::command_under("bash", &["-c", &script], data, settings).unwrap();
    let output = command.args(["refresh", DATAFLOW]).output().await.unwrap();
    assert!(!output.status.success());
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[tokio::test]
async fn a_disk_that_takes_no_more_costs_the_run_and_nothing_else() {
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, revised());
    // Room for nothing, for a line of the log but not for the payload, for the payload but not for the index.
    for kilobytes in [0, 4, 64, 512] {
        let data = data::filled().await.unwrap();
        let said = refresh_in(kilobytes, data.path(), &to(&cassette)).await;
        assert!(!said.contains("panicked"), "{kilobytes} kB: {said}");
        let service = Service::start(data.path()).await.unwrap();
        let untouched = shared::service().await.unwrap();
        assert_eq!(runs::published(&service).await, runs::published(&untouched).await, "{kilobytes} kB: {said}");
        service.stop().await.unwrap();
        // With room again, the same refresh goes through.
        refresh(data.path(), &to(&cassette), DATAFLOW).await;
        let service = Service::start(data.path()).await.unwrap();
        assert_eq!(runs::of(&service, DATAFLOW).await[0]["outcome"], "updated", "{kilobytes} kB");
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_given_up_and_not_the_service() {
    let data = data::filled().await.unwrap();
    let script = "exec \"$0\" \"$@\" >/dev/full 2>/dev/full";
    let service = Service::start_under("bash", &["-c", script], data.path()).await.unwrap();
    let untouched = shared::service().await.unwrap();
    assert_eq!(runs::published(&service).await, runs::published(&untouched).await);
    service.stop().await.unwrap();
}

/// A disk of its own in memory, as small as is wanted, for as long as this lives.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// `None` where nobody may mount one: then its place is taken by a limit on the length of files.
    async fn mount(bytes: u64) -> Option<Self> {
        let disk = Self { folder: data::empty().unwrap() };
        match disk.command("mount", &["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"]).await {
            Ok(()) => Some(disk),
            Err(said) => {
                eprintln!("no small disk may be mounted here, files may not grow instead: {said}");
                None
            }
        }
    }

    async fn resize(&self, bytes: u64) {
        self.command("mount", &["-o", &format!("remount,size={bytes}")]).await.unwrap();
    }

    async fn command(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        let output = Command::new(program).args(arguments).arg(self.folder.path()).output().await;
        let output = output.map_err(|error| error.to_string())?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Also while a program that failed its test still holds files open.
        _ = process::Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
    }
}

/// Writes until nothing more goes onto the disk of a folder.
fn fill_up(path: &Path) {
    let mut file = File::create(path).unwrap();
    for piece in [1 << 20, 1 << 12, 1] {
        let bytes = vec![0; piece];
        while file.write_all(&bytes).is_ok() {}
    }
    assert_eq!(file.write(&[0]).unwrap_err().kind(), io::ErrorKind::StorageFull);
}

/// Has the provider asked by the running service; what the status says of it once that is over.
async fn status_after_refresh(service: &Service, key: &str, is_over: impl Fn(&Value) -> bool) -> Value {
    begin(service, key).await;
    let asked_at = Instant::now();
    loop {
        let status = service.json("/api/v1/status").await.unwrap();
        if is_over(&status) {
            return status;
        }
        assert!(asked_at.elapsed() < Duration::from_mins(2), "{status}");
        sleep(Duration::from_millis(50)).await;
    }
}

const MEGABYTE: u64 = 1 << 20;

/// What is told of a run that is not in the log.
const UNWRITTEN: &str = "could not be written down";
/// More lines than the last page of the log has room for.
const MOST_LINES_OF_A_PAGE: usize = 40;

#[tokio::test]
async fn a_disk_that_fills_up_under_the_running_service_is_told_and_room_is_all_it_takes() {
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, revised());
    let untouched = shared::service().await.unwrap();
    let expected = runs::published(&untouched).await;
    let original = data::filled().await.unwrap();
    let key = desk::key(original.path(), "Operator", &["--scope", "operate"]).await.unwrap();
    let n_bytes = dir::get_size(original.path()).unwrap();
    // Room for the service and its log, and less than it wants to have before it stores anything.
    let Some(disk) = SmallDisk::mount(n_bytes + 24 * MEGABYTE).await else {
        let said = refresh_in(64, original.path(), &to(&cassette)).await;
        assert!(!said.contains("panicked"), "{said}");
        let service = Service::start(original.path()).await.unwrap();
        assert_eq!(runs::published(&service).await, expected, "{said}");
        return;
    };
    dir::copy(original.path(), disk.data(), &CopyOptions::new().copy_inside(true)).unwrap();
    let service = Service::start_with(&disk.data(), &to(&cassette)).await.unwrap();
    let tells = |status: &Value, what: &str| status["problems"].to_string().contains(what);

    let status = status_after_refresh(&service, &key, |status| tells(status, "The disk is full")).await;
    assert_eq!(status["health"], "degraded", "{status}");
    let run = &runs::of(&service, DATAFLOW).await[0];
    assert_eq!((&run["outcome"], &run["reasons"][0]["code"]), (&"failed".into(), &"not_stored".into()), "{run}");
    assert_eq!(runs::published(&service).await, expected);

    // No page is left: as soon as the last one of the log is full, a run cannot even be written down.
    let filler = disk.data().join("filler");
    fill_up(&filler);
    let mut status = Value::Null;
    for _ in 0..MOST_LINES_OF_A_PAGE {
        let n_runs = runs::of(&service, DATAFLOW).await.len();
        begin(&service, &key).await;
        let asked_at = Instant::now();
        loop {
            status = service.json("/api/v1/status").await.unwrap();
            if tells(&status, UNWRITTEN) || runs::of(&service, DATAFLOW).await.len() > n_runs {
                break;
            }
            assert!(asked_at.elapsed() < Duration::from_mins(2), "{status}");
            sleep(Duration::from_millis(50)).await;
        }
        if tells(&status, UNWRITTEN) {
            break;
        }
    }
    assert!(tells(&status, UNWRITTEN) && tells(&status, "No space left on device"), "{status}");
    let run = &runs::of(&service, DATAFLOW).await[0];
    assert_eq!(runs::published(&service).await, expected);
    assert_eq!(service.get("/kk/").await.unwrap().status, 200);
    service.kill().await.unwrap();
    let service = Service::start_with(&disk.data(), &to(&cassette)).await.unwrap();
    assert_eq!(runs::published(&service).await, expected, "started on a full disk");
    assert_eq!(runs::of(&service, DATAFLOW).await[0], *run, "what was written down is there");

    // With room again nothing else has to be done.
    fs::remove_file(&filler).unwrap();
    disk.resize(n_bytes + 256 * MEGABYTE).await;
    let is_over = |status: &Value| status["health"] == "ok" && status["releases"] != expected.0;
    status_after_refresh(&service, &key, is_over).await;
    let run = &runs::of(&service, DATAFLOW).await[0];
    assert_eq!(run["outcome"], "updated", "{run}");
    service.stop().await.unwrap();
    let output = service::run(&disk.data(), &Settings::default(), &["verify"]).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("no fault found"), "{said}");
}

/// Gives or takes the permission to write into a folder and everything in it.
fn allow_writing(folder: &Path, allowed: bool) {
    let set = |path: &Path, mode: u32| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            allow_writing(&entry.path(), allowed);
        } else {
            set(&entry.path(), if allowed { 0o644 } else { 0o444 });
        }
    }
    set(folder, if allowed { 0o755 } else { 0o555 });
}

/// Starts the service without the privilege of `root` to write where it may not.
async fn start_unprivileged(data: &Path) -> Service {
    if geteuid().is_root() {
        Service::start_under("setpriv", &["--bounding-set=-dac_override,-dac_read_search"], data).await.unwrap()
    } else {
        Service::start(data).await.unwrap()
    }
}

#[tokio::test]
async fn a_folder_that_may_only_be_read_is_served_from_and_the_status_says_so() {
    let untouched = shared::service().await.unwrap();
    let expected = runs::published(&untouched).await;
    for (what, data) in [("filled", data::filled().await.unwrap()), ("empty", data::empty().unwrap())] {
        allow_writing(data.path(), false);
        let service = start_unprivileged(data.path()).await;
        let (found, status) = (runs::published(&service).await, service.json("/api/v1/status").await.unwrap());
        let page = service.get("/kk/").await.unwrap();
        service.stop().await.unwrap();
        allow_writing(data.path(), true);
        assert_eq!(found, expected, "{what}");
        assert_eq!(page.status, 200, "{what}");
        assert_eq!(status["health"], "degraded", "{what}");
        let told = status["problems"].as_array().unwrap().iter().any(|problem| {
            let problem = problem.as_str().unwrap();
            problem.contains("cannot be kept on the disk") && problem.contains("Permission denied")
        });
        assert!(told, "{what}: {status}");
        // With permission again, everything is as if nothing had been.
        assert_eq!(releases(data.path()).await, untouched.json("/api/v1/status").await.unwrap()["releases"], "{what}");
    }
}

#[tokio::test]
async fn a_full_disk_on_which_the_index_is_lost_is_served_from_all_the_same() {
    let data = data::filled().await.unwrap();
    let expected = releases(data.path()).await;
    fs::remove_dir_all(data.path().join("store")).unwrap();
    // No file may grow beyond so many kilobytes: the index does not fit.
    let script = "trap '' XFSZ; ulimit -f 256; exec \"$0\" \"$@\"";
    let service = Service::start_under("bash", &["-c", script], data.path()).await.unwrap();
    let status = service.json("/api/v1/status").await.unwrap();
    service.stop().await.unwrap();
    assert_eq!(status["releases"], expected);
    assert_eq!(status["health"], "degraded");
    let told = status["problems"].to_string();
    assert!(told.contains("cannot be kept on the disk"), "{told}");
    assert_eq!(releases(data.path()).await, expected, "with room again");
}

/// Releases of the status, without when they were made.
async fn releases(data: &Path) -> Value {
    let service = Service::start(data).await.unwrap();
    let status = service.json("/api/v1/status").await.unwrap();
    service.stop().await.unwrap();
    status["releases"].clone()
}

#[tokio::test]
async fn snapshots_and_log_give_the_same_releases_again_and_snapshots_alone_do_too() {
    let data = data::filled().await.unwrap();
    let expected = releases(data.path()).await;
    fs::remove_dir_all(data.path().join("store")).unwrap();
    assert_eq!(releases(data.path()).await, expected, "without the index");
    fs::remove_dir_all(data.path().join("store")).unwrap();
    fs::remove_file(data.path().join("runs.jsonl")).unwrap();
    assert_eq!(releases(data.path()).await, expected, "without index and log");
}

/// Something that happens to the folder of the index.
type Harm = fn(&Path);

#[tokio::test]
async fn damage_to_the_index_is_mended_or_told_and_figures_stay() {
    let expected = releases(data::filled().await.unwrap().path()).await;
    let harms: [(&str, Harm); 4] = [
        ("the end of the log is cut off", |store| {
            let db = store.join("db");
            let bytes = fs::read(&db).unwrap();
            fs::write(db, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("the snap files are cut off", |store| {
            for entry in fs::read_dir(store).unwrap().map(Result::unwrap) {
                if entry.file_name().to_string_lossy().starts_with("snap.") {
                    fs::write(entry.path(), b"cut").unwrap();
                }
            }
        }),
        ("bytes are flipped", |store| {
            let db = store.join("db");
            let mut bytes = fs::read(&db).unwrap();
            let n_bytes = bytes.len();
            for position in (n_bytes / 7..n_bytes).step_by(n_bytes / 23) {
                bytes[position] ^= 0x55;
            }
            fs::write(db, bytes).unwrap();
        }),
        ("the folder is gone", |store| fs::remove_dir_all(store).unwrap()),
    ];
    for (name, harm) in harms {
        let data = data::filled().await.unwrap();
        harm(&data.path().join("store"));
        for start in 1..=2 {
            assert_eq!(releases(data.path()).await, expected, "{name}, start {start}");
        }
    }
}
