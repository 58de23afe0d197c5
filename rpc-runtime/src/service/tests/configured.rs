//! What files say of a service.

use super::*;
use crate::config::Config;

/// A configuration with this text, and how to change it.
fn config(text: &str) -> (Config, tempfile::NamedTempFile) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    (Config::builder().file(file.path()).environment([("", ""); 0]).read().unwrap(), file)
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_a_stop_is_the_files_at_that_time() {
    let (config, file) = config("[DEFAULT]\ngraceful_shutdown_timeout = 7\n");
    for (text, seconds) in [
        ("graceful_shutdown_timeout = 7", 7),
        ("graceful_shutdown_timeout = 9", 9),
        // These are none: that of the program counts.
        ("", 30),
        ("graceful_shutdown_timeout = soon", 30),
    ] {
        let diary = Diary::default();
        let builder = Service::builder("s").graceful_shutdown_timeout(30 * SECOND).config(&config);
        let task = taking("t", Duration::MAX, &diary);
        let service = builder.periodic_task(task).start().await.unwrap();
        until_written(&diary, "the task begins").await;
        std::fs::write(file.path(), format!("[DEFAULT]\n{text}\n")).unwrap();
        service.reload().await.unwrap();
        let asked = Instant::now();
        service.shutdown().await.unwrap_err();
        assert_eq!(asked.elapsed().as_secs(), seconds, "{text}");
        std::fs::write(file.path(), "").unwrap();
        config.reload().unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_is_said_with_its_place_before_anything_starts() {
    for name in ["graceful_shutdown_timeout", "periodic_fuzzy_delay"] {
        for value in ["-1", "soon", "1.5"] {
            let (config, file) = config(&format!("[DEFAULT]\n{name} = {value}\n"));
            let diary = Diary::default();
            let builder = Service::builder("s").manager(Scribe::new("a", &diary)).config(&config);
            let error = builder.start().await.unwrap_err().to_string();
            let place = format!("{}:2: option {name} of [DEFAULT]: expected ", file.path().display());
            assert!(error.starts_with(&place), "{error}");
            assert_eq!(written(&diary), [""; 0]);
        }
    }
}

#[tokio::test]
async fn a_hangup_reads_again_and_tells() {
    let (config, file) = config("[DEFAULT]\nrpc_response_timeout = 5\n");
    let (told, diary) = (Diary::default(), Diary::default());
    let (outside, signals) = outside();
    let tell = Arc::clone(&told);
    let builder = Service::builder("s").manager(Scribe::new("a", &diary)).config(&config);
    let builder = builder.on_reload(move |read| {
        lock(&tell).push(match read {
            Ok(reload) => {
                format!("{:?}", reload.changes().iter().map(ToString::to_string).collect::<Vec<_>>())
            }
            Err(error) => error.to_string(),
        });
        panic!("what is told is the users' own")
    });
    let running = run(builder, signals);
    let changed = |text: &str| std::fs::write(file.path(), text).unwrap();

    changed("[DEFAULT]\nrpc_response_timeout = 6\n");
    outside.hangups.send(()).unwrap();
    until_written(&diary, "a reset").await;
    assert_eq!(written(&told), [r#"["rpc_response_timeout of [DEFAULT]"]"#]);

    // What cannot be read changes nothing, and nobody has to do anything about it.
    changed("[DEFAULT]\nrpc_response_timeout = soon\n");
    outside.hangups.send(()).unwrap();
    while lock(&told).len() < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(written(&told)[1].contains("option rpc_response_timeout of [DEFAULT]: expected"), "{told:?}");
    outside.stop.send(Signal::Terminate).unwrap();
    running.await.unwrap().unwrap();
    let resets = written(&diary).iter().filter(|line| *line == "a reset").count();
    assert_eq!(resets, 1);
}

#[tokio::test]
async fn a_reading_that_panics_is_an_error() {
    let (config, file) = config("[upgrade_levels]\ncompute = auto\n");
    let panics = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let asked = Arc::clone(&panics);
    let auto = move || if asked.load(Ordering::SeqCst) { panic!("no database") } else { None };
    let _pin = config.pin_with_auto("compute", &NOTHING, auto).unwrap();
    let service = Service::builder("s").config(&config).start().await.unwrap();
    service.reload().await.unwrap();
    panics.store(true, Ordering::SeqCst);
    std::fs::write(file.path(), "[upgrade_levels]\ncompute = auto\n[DEFAULT]\n").unwrap();
    let error = service.reload().await.unwrap_err();
    assert_eq!(error.to_string(), "the configuration was not read again: it panicked");
    service.shutdown().await.unwrap();
}
