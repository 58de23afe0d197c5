use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use tokio::runtime::Builder;
use tokio::time::timeout;

use super::*;

const LIMIT: Duration = Duration::from_secs(60);

fn at(folder: &Path) -> Result<QueueManager, OptionError> {
    QueueManager::at("host", "nova-api", &folder.join("locks"), folder)
}

async fn next(manager: &QueueManager) -> String {
    manager.next(after(LIMIT), &Handle::current()).await.unwrap()
}

#[tokio::test]
async fn all_that_share_the_counter_draw_numbers_of_their_own() {
    let folder = TempDir::new().unwrap();
    let managers = [at(folder.path()).unwrap(), at(folder.path()).unwrap()];
    let drawn = (0..50).map(|n| next(&managers[n % 2]));
    let mut names = futures::future::join_all(drawn).await;
    let expected: Vec<_> = (1..=50).map(|number| format!("host:nova-api:{number}")).collect();
    names.sort_by_key(|name| expected.iter().position(|other| other == name));
    assert_eq!(names, expected);
    assert!(folder.path().join("locks/oslo_read_shm_host_nova-api").exists());
    let record = fs::read_to_string(folder.path().join("host_nova-api_qmanager")).unwrap();
    let group = Group::of_this_process().unwrap();
    assert_eq!(record, format!("{}:50:{}", group.id, group.started.unwrap_or(0)));
}

/// Has another process take the lock as oslo.concurrency does, for as long as its stdin is open.
const HOLDER: &str = "import fcntl, sys
file = open(sys.argv[1], 'a')
fcntl.lockf(file, fcntl.LOCK_EX)
print('held', flush=True)
sys.stdin.read()";

#[tokio::test]
async fn the_lock_excludes_python_and_is_waited_for() {
    let folder = TempDir::new().unwrap();
    let manager = at(folder.path()).unwrap();
    assert_eq!(next(&manager).await, "host:nova-api:1");
    let mut holder = Command::new("python3")
        .args(["-c", HOLDER])
        .arg(&manager.files.lock)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "held\n");
    let refused = manager.next(Instant::now(), &Handle::current()).await.unwrap_err();
    assert!(
        refused.why.starts_with("somebody else holds the lock ") && refused.why.ends_with("nova-api"),
        "{refused:?}"
    );
    let mut waiting = Box::pin(next(&manager));
    assert!(timeout(Duration::from_millis(300), &mut waiting).await.is_err());
    drop(holder.stdin.take());
    assert_eq!(waiting.await, "host:nova-api:2");
    holder.wait().unwrap();
}

#[tokio::test]
async fn what_cannot_be_written_is_named() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("locks"), "").unwrap();
    let error = at(folder.path()).unwrap().next(after(LIMIT), &Handle::current()).await.unwrap_err();
    assert!(error.why.starts_with("use_queue_manager: cannot lock /") && error.source.is_some(), "{error:?}");
    let gone = QueueManager::at("host", "nova-api", folder.path(), &folder.path().join("none")).unwrap();
    let error = gone.next(after(LIMIT), &Handle::current()).await.unwrap_err();
    assert!(error.why.starts_with("use_queue_manager: cannot count in /"), "{error:?}");
}

fn make_fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Everybody may put something where the counter is to be.
#[tokio::test]
async fn a_counter_is_a_regular_file() {
    let folder = TempDir::new().unwrap();
    let (manager, counter) = (at(folder.path()).unwrap(), folder.path().join("host_nova-api_qmanager"));
    let other = folder.path().join("other");
    fs::write(&other, "of somebody else").unwrap();
    let link = || std::os::unix::fs::symlink(&other, &counter).unwrap();
    let fifo = || make_fifo(&counter);
    let places: [(&dyn Fn(), _); 2] = [(&link, "it is a symbolic link"), (&fifo, "it is not a regular file")];
    for (put, why) in places {
        put();
        let error = manager.next(after(LIMIT), &Handle::current()).await.unwrap_err();
        let named = format!("use_queue_manager: cannot count in {}: {why}", counter.display());
        assert_eq!(error.why, named);
        fs::remove_file(&counter).unwrap();
    }
    assert_eq!(fs::read_to_string(&other).unwrap(), "of somebody else");
    assert_eq!(next(&manager).await, "host:nova-api:1");
}

#[test]
fn files_that_do_not_answer_are_not_waited_for_longer_than_asked() {
    let folder = TempDir::new().unwrap();
    let manager = at(folder.path()).unwrap();
    fs::create_dir(folder.path().join("locks")).unwrap();
    // Who opens it to write waits for somebody who reads.
    make_fifo(&manager.files.lock);
    let blocking = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let waiting = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    waiting.block_on(async {
        let mut drawing = Box::pin(manager.next(after(LIMIT), blocking.handle()));
        assert!(futures::poll!(&mut drawing).is_pending());
        tokio::time::advance(LIMIT).await;
        let error = drawing.await.unwrap_err();
        assert_eq!(error.kind, FaultKind::NoAnswer);
        assert!(error.why.contains(&manager.files.lock.display().to_string()), "{error:?}");
    });
    // The thread comes to the file when it does, and would make its folder again after the test.
    let _reader = fs::File::options().read(true).write(true).open(&manager.files.lock).unwrap();
    drop(blocking);
}

#[test]
fn names_have_to_be_names_of_files() {
    let folder = Path::new("/");
    let long = "x".repeat(240);
    for (host, process, why) in [
        ("a/b", "p", "option hostname=\"a/b\": it is part of the name of a file"),
        ("h", "p\0", "option processname=\"p\\0\": it is part of"),
        (&*long, "p", "options hostname and processname are too long together"),
    ] {
        let found = QueueManager::at(host, process, folder, folder).unwrap_err().to_string();
        assert!(found.starts_with(why), "{found}");
    }
}

#[test]
fn without_options_it_is_what_python_finds() {
    let output = Command::new("hostname").output().unwrap();
    assert_eq!(own_host().unwrap(), String::from_utf8(output.stdout).unwrap().trim_end());
    assert!(own_program().unwrap().starts_with("rpc_runtime"));
}
