//! Periodic tasks by a paused clock.

use super::*;
use crate::clock::after;
use crate::logged::{Panicking, Warnings, forged};
use crate::service::periodic::Tasks;
use crate::service::{IntoOutcome, Spacing};

/// The runs of a task.
#[derive(Clone, Default)]
struct Runs {
    /// When each began.
    began: Arc<Mutex<Vec<Instant>>>,
    /// How many there are now, and were at most.
    now: Arc<Mutex<(usize, usize)>>,
    ended: Arc<AtomicUsize>,
}

/// One of them.
struct Run(Runs);

impl Run {
    fn new(runs: &Runs) -> Self {
        lock(&runs.began).push(Instant::now());
        let mut now = lock(&runs.now);
        now.0 += 1;
        now.1 = now.1.max(now.0);
        drop(now);
        Self(runs.clone())
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        lock(&self.0.now).0 -= 1;
    }
}

impl Runs {
    /// A task with runs that take so long.
    fn taking(&self, time: Duration, spacing: impl Into<Spacing>) -> PeriodicTask {
        let runs = self.clone();
        PeriodicTask::new("t", spacing, move |_| {
            let runs = runs.clone();
            async move {
                let run = Run::new(&runs);
                tokio::time::sleep(time).await;
                runs.ended.fetch_add(1, Ordering::SeqCst);
                drop(run);
            }
        })
    }

    /// In which milliseconds they began.
    fn after(&self, start: Instant) -> Vec<u128> {
        lock(&self.began).iter().map(|began| (*began - start).as_millis()).collect()
    }
}

/// Has a task for so long, and a delay.
async fn with(task: PeriodicTask, delay: Duration, time: Duration) {
    let mut tasks = Tasks::new();
    tasks.begin(task, delay);
    tokio::time::sleep(time).await;
    tasks.end(after(Duration::ZERO)).await;
}

/// In which milliseconds of so many seconds the runs of a task begin.
async fn runs(seconds: u32, task: impl FnOnce(&Runs) -> PeriodicTask) -> Vec<u128> {
    let (runs, start) = (Runs::default(), Instant::now());
    with(task(&runs), Duration::ZERO, seconds * SECOND + SECOND / 2).await;
    assert_eq!(*lock(&runs.now), (0, usize::from(!runs.after(start).is_empty())));
    runs.after(start)
}

#[tokio::test(start_paused = true)]
async fn it_runs_on_a_grid_and_never_beside_itself() {
    let ten = 10 * SECOND;
    assert_eq!(runs(35, |runs| runs.taking(3 * SECOND, ten)).await, [10_000, 20_000, 30_000]);
    let immediately = runs(25, |runs| runs.taking(3 * SECOND, ten).run_immediately(true)).await;
    assert_eq!(immediately, [0, 10_000, 20_000]);
    // What takes longer than the spacing is followed at once, and then the grid is where it was.
    assert_eq!(runs(64, |runs| runs.taking(25 * SECOND, ten)).await, [10_000, 35_000, 60_000]);
    let immediately = runs(64, |runs| runs.taking(15 * SECOND, ten).run_immediately(true)).await;
    assert_eq!(immediately, [0, 15_000, 30_000, 45_000, 60_000]);
    let often = runs(1, |runs| runs.taking(Duration::ZERO, SECOND / 5)).await;
    assert_eq!(often, (1..=7).map(|run| run * 200).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn any_spacing_is_one() {
    // As in oslo.service, 0 is a minute.
    assert_eq!(
        runs(190, |runs| runs.taking(SECOND, 0).jitter(Duration::ZERO)).await,
        [60_000, 120_000, 180_000]
    );
    let never = runs(10_000_000, |runs| runs.taking(SECOND, Duration::MAX).jitter(Duration::MAX)).await;
    assert_eq!(never, [0; 0]);
    let once = runs(10_000, |runs| runs.taking(SECOND, Duration::MAX).run_immediately(true)).await;
    assert_eq!(once, [0]);
    assert_eq!(runs(1000, |runs| runs.taking(SECOND, -1)).await, [0; 0]);
    assert_eq!(runs(1000, |runs| runs.taking(SECOND, SECOND).enabled(false)).await, [0; 0]);
    // As often as the clock can tell.
    assert!(runs(1, |runs| runs.taking(Duration::ZERO, Duration::from_nanos(1))).await.len() > 100);
}

#[tokio::test(start_paused = true)]
async fn chance_moves_each_run_and_not_the_grid() {
    let runs = runs(600_000, |runs| runs.taking(SECOND, 600)).await;
    // One that falls on the very end may be missing.
    assert!((999..=1000).contains(&runs.len()), "{}", runs.len());
    let late: Vec<_> = runs.iter().zip(1..).map(|(began, run)| began - run * 600_000).collect();
    assert!(late.iter().all(|late| *late <= 30_001), "{late:?}");
    let (early, tardy) = (late.iter().min().unwrap(), late.iter().max().unwrap());
    assert!(*early < 3_000 && *tardy > 27_000, "{early} {tardy}");
}

#[tokio::test(start_paused = true)]
async fn the_first_runs_of_a_cloud_are_spread() {
    let mut first = Vec::new();
    for _ in 0..200 {
        let (runs, start) = (Runs::default(), Instant::now());
        with(runs.taking(SECOND, SECOND).run_immediately(true), 60 * SECOND, 90 * SECOND).await;
        first.push(runs.after(start)[0]);
    }
    let (early, late) = (first.iter().min().unwrap(), first.iter().max().unwrap());
    assert!(*early < 10_000 && *late > 50_000 && *late <= 60_001, "{early} {late}");
    with(Runs::default().taking(SECOND, SECOND), Duration::MAX, SECOND).await;
}

#[tokio::test(start_paused = true)]
async fn one_that_fails_goes_on_and_says_it_in_few_lines() {
    for panics in [false, true] {
        let (warnings, _guard) = Warnings::collect();
        let runs = Runs::default();
        let counting = runs.clone();
        let failing = PeriodicTask::new(forged(), SECOND, move |_| {
            let run = Run::new(&counting);
            async move {
                let _run = run;
                if panics { panic!("{}", forged()) } else { Err::<(), _>(forged()) }
            }
        });
        with(failing, Duration::ZERO, 59 * SECOND + SECOND / 2).await;
        assert_eq!(lock(&runs.began).len(), 59);
        assert_eq!(warnings.with(if panics { "panicked" } else { "a periodic task failed" }).len(), 20);
        warnings.check_lines();
    }
}

#[tokio::test(start_paused = true)]
async fn a_closure_that_panics_is_a_run_that_fails() {
    let (warnings, _guard) = Warnings::collect();
    fn panics(_: crate::Context) -> std::future::Ready<()> {
        panic!("before the future")
    }
    with(PeriodicTask::new("t", SECOND, panics), Duration::ZERO, 2 * SECOND + SECOND / 2).await;
    assert_eq!(warnings.with("before the future").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_reads_the_log_may_panic() {
    let _guard = Panicking::set();
    let runs = Runs::default();
    let failing = runs.clone();
    let task = PeriodicTask::new("t", SECOND, move |_| {
        drop(Run::new(&failing));
        std::future::ready(Err::<(), _>("no"))
    });
    with(task, Duration::ZERO, 3 * SECOND + SECOND / 2).await;
    assert_eq!(lock(&runs.began).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn none_begins_after_the_end_and_one_that_runs_is_waited_for() {
    let (runs, start) = (Runs::default(), Instant::now());
    let mut tasks = Tasks::new();
    tasks.begin(runs.taking(3 * SECOND, 5 * SECOND), Duration::ZERO);
    tokio::time::sleep(6 * SECOND).await;
    assert_eq!(tasks.end(after(Duration::MAX)).await, [""; 0]);
    assert_eq!(start.elapsed().as_secs(), 8);
    tokio::time::sleep(100 * SECOND).await;
    assert_eq!(runs.after(start), [5_000]);
    assert_eq!(runs.ended.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_cut_off_is_dropped_by_then() {
    let (runs, start) = (Runs::default(), Instant::now());
    let mut tasks = Tasks::new();
    for _ in 0..3 {
        tasks.begin(runs.taking(Duration::MAX, SECOND), Duration::ZERO);
    }
    tokio::time::sleep(2 * SECOND).await;
    assert_eq!(lock(&runs.now).0, 3);
    assert_eq!(tasks.end(after(5 * SECOND)).await, ["t", "t", "t"]);
    assert_eq!(start.elapsed().as_secs(), 7);
    assert_eq!((lock(&runs.now).0, runs.ended.load(Ordering::SeqCst)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn they_end_with_their_service() {
    let (bus, runs) = (Bus::new(), Runs::default());
    let task = runs.taking(Duration::MAX, SECOND);
    let service = Service::builder("s").server(bus.server()).periodic_task(task).await.unwrap();
    tokio::time::sleep(2 * SECOND).await;
    assert_eq!(lock(&runs.now).0, 1);
    drop(service);
    tokio::time::sleep(SECOND).await;
    assert_eq!(lock(&runs.now).0, 0);
}

#[tokio::test(start_paused = true)]
async fn tasks_run_beside_each_other() {
    let (one, other) = (Runs::default(), Runs::default());
    let mut tasks = Tasks::new();
    tasks.begin(one.taking(Duration::MAX, SECOND), Duration::ZERO);
    tasks.begin(other.taking(SECOND / 10, SECOND), Duration::ZERO);
    tokio::time::sleep(5 * SECOND + SECOND / 2).await;
    assert_eq!((lock(&one.began).len(), lock(&other.began).len()), (1, 5));
}

#[tokio::test(start_paused = true)]
async fn each_run_is_a_request_of_an_administrator() {
    let (told, mut contexts) = mpsc::unbounded_channel();
    let task = PeriodicTask::new("t", SECOND, move |ctx| {
        let told = told.clone();
        async move { told.send(ctx) }
    });
    with(task, Duration::ZERO, 2 * SECOND + SECOND / 2).await;
    let (one, other) = (contexts.recv().await.unwrap(), contexts.recv().await.unwrap());
    assert!(one.is_admin() && other.is_admin());
    assert!(one.request_id().is_some() && one.request_id() != other.request_id());
    assert_eq!(one.user_id(), None);
}

#[test]
fn a_run_returns_nothing_or_a_result() {
    assert_eq!(().into_outcome(), Ok(()));
    assert_eq!(Ok::<_, String>(()).into_outcome(), Ok(()));
    assert_eq!(Err::<(), _>("no").into_outcome(), Err("no".to_owned()));
}
