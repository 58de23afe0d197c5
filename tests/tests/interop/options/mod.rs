//! Every option of oslo.messaging means the same here, or the table says what else and why.
//!
//! Each value is given to a server and a client of either language, and what both say to one broker is compared.

mod book;
mod compare;
mod configuration;
mod facts;
mod late;
mod ours;
mod raw;
mod session;
mod table;
mod theirs;
mod verdict;

use rpc_tests::proxy::Tap;
use rpc_tests::{Broker, PythonOptions, Vhost, run};
use tempfile::TempDir;

use self::compare::{Compared, effects, problems};
use self::configuration::{Way, file, ways};
use self::facts::facts;
use self::session::{Place, Session};
use self::table::{DEFAULTS, Kind, NOT_OURS, rows};
use self::verdict::{Try, Verdict};
use super::vhost;

/// One value, set in one way.
#[derive(Debug, Clone, Copy)]
struct Tried<'a> {
    /// Its group and name; none is that of no option.
    option: Option<(&'a str, &'a str)>,
    tried: &'a Try,
    way: Way,
}

impl Tried<'_> {
    /// Whether Python has done the same in the other way: how it reads a file is tested elsewhere.
    fn is_known_of_python(&self) -> bool {
        let by_url = self.option.is_some_and(|(group, _)| ways(group).contains(&Way::Url));
        by_url && self.way == Way::File && self.tried.verdict == Verdict::Same
    }
}

/// A virtual host with a host of its own, so that its queues are numbered apart from others.
fn place(vhost: &Vhost, locks: &TempDir) -> Place {
    Place { url: vhost.url(), host: vhost.name().to_owned(), locks: locks.path().to_owned() }
}

/// The files with the numbers of queues of a host, which nobody else removes.
struct Counters(String);

impl Drop for Counters {
    fn drop(&mut self) {
        for entry in std::fs::read_dir("/dev/shm").into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&self.0) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

/// The sessions of one side, and what hears each of them.
struct Side {
    taps: Vec<Tap>,
    sessions: Vec<Session>,
}

impl Side {
    async fn new(place: &Place, all: &[Tried<'_>]) -> Self {
        let port = Broker::shared().unwrap().port();
        let (mut taps, mut sessions) = (Vec::new(), Vec::new());
        for (n, one) in all.iter().enumerate() {
            let Tried { option, tried, way } = one;
            let (tap, topic) = (Tap::start(port).await.unwrap(), format!("probe{n}"));
            let file = file(*option, tried, *way, place, &tap.through(&place.url), &topic);
            let place = place.clone();
            let left_out = one.is_known_of_python();
            sessions.push(Session { place, topic, file, act: tried.act, in_vain: tried.in_vain, left_out });
            taps.push(tap);
        }
        Self { taps, sessions }
    }
}

/// The major version of RabbitMQ.
async fn version() -> u32 {
    let version: String =
        Broker::shared().unwrap().ask("list_to_binary(rabbit_misc:version())").await.unwrap();
    version.split('.').next().unwrap().parse().unwrap()
}

#[test]
fn each_is_in_the_table_and_in_the_book() {
    run(async {
        let mut python = PythonOptions::start().await.unwrap();
        let mut listed = python.options().await.unwrap();
        python.stop().await.unwrap();
        listed.retain(|(group, _)| !NOT_OURS.contains(&group.as_str()));
        let rows = rows(version().await);
        let mut named: Vec<_> = rows.iter().map(|row| (row.group.to_owned(), row.name.to_owned())).collect();
        let told = book::told();
        let mut in_book: Vec<_> = told.iter().map(|told| (told.group.clone(), told.name.clone())).collect();
        for names in [&mut listed, &mut named, &mut in_book] {
            names.sort_unstable();
        }
        assert_eq!(named, listed, "the table and what Python lists");
        assert_eq!(in_book, listed, "the book and what Python lists");
        for row in &rows {
            let differs = row.tries.iter().any(|tried| matches!(tried.verdict, Verdict::Differs { .. }));
            assert!(!differs || row.kind == Kind::Differs, "[{}] {}", row.group, row.name);
            let told = told.iter().find(|told| (&*told.group, &*told.name) == (row.group, row.name)).unwrap();
            assert!(
                told.explains(row.kind),
                "[{}] {} is {:?}, and in the book {told:?}",
                row.group,
                row.name,
                row.kind
            );
        }
    });
}

#[test]
fn each_means_the_same_or_it_is_said_why_not() {
    run(async {
        let rows = rows(version().await);
        let of_rows = rows.iter().flat_map(|row| {
            let option = Some((row.group, row.name));
            let tries = row.tries.iter();
            tries.flat_map(move |tried| ways(row.group).iter().map(move |&way| Tried { option, tried, way }))
        });
        let none = Tried { option: None, tried: &DEFAULTS, way: Way::File };
        let all: Vec<_> = [none].into_iter().chain(of_rows).collect();

        let mut python = PythonOptions::start().await.unwrap();
        let (of_ours, of_theirs) = (vhost("options-rs").await, vhost("options-py").await);
        let locks = TempDir::new().unwrap();
        let _counters = [&of_ours, &of_theirs].map(|vhost| Counters(vhost.name().to_owned()));
        let (ours, theirs) = (
            Side::new(&place(&of_ours, &locks), &all).await,
            Side::new(&place(&of_theirs, &locks), &all).await,
        );
        let (came_of_ours, came_of_theirs) =
            tokio::join!(ours::run(&ours.sessions), theirs::run(&mut python, &theirs.sessions));
        let heard = |side: &Side, n: usize, came: Result<_, String>| {
            came.map(|found| &facts(&side.taps[n].said(), &side.sessions[n]) | &found)
        };
        let compared = all.iter().zip(came_of_ours).zip(came_of_theirs).enumerate();
        let compared: Vec<_> = compared
            .map(|(n, ((tried, of_ours), of_theirs))| {
                let of_ours = heard(&ours, n, of_ours);
                let of_theirs = heard(&theirs, n - usize::from(theirs.sessions[n].left_out), of_theirs);
                Compared {
                    option: tried.option,
                    tried: tried.tried,
                    way: tried.way,
                    ours: of_ours,
                    theirs: of_theirs,
                }
            })
            .collect();
        let mut problems: Vec<_> = compared.iter().flat_map(problems).collect();
        let kinds = rows.iter().map(|row| ((row.group, row.name), row.kind)).collect();
        problems.extend(effects(&compared, &kinds));
        assert!(problems.is_empty(), "{} of {}:\n{}", problems.len(), compared.len(), problems.join("\n"));
        python.stop().await.unwrap();
    });
}
