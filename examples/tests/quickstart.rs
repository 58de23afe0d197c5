//! The quick start prints what its comments promise.

use rpc_tests::{Program, run};

#[test]
fn it_is_short() {
    let lines = include_str!("../src/bin/quickstart.rs").lines().count();
    assert!(lines < 80, "{lines} lines");
}

#[test]
fn it_shows_each_kind_of_message() {
    run(async {
        let program = Program::start(env!("CARGO_BIN_EXE_quickstart"), [""; 0]).unwrap();
        let mut lines = program.success().await.unwrap();
        // Casts and fanouts are handled when the server comes to it.
        lines.sort();
        let waking = lines.iter().position(|line| line.ends_with(": waking Bob for demo")).unwrap();
        lines.remove(waking);
        assert_eq!(
            lines,
            [
                "call: hello Alice, hello Alice",
                "desk1: taking a break",
                "desk2: taking a break",
                "pinned to 1.1: pause needs version 1.2 but the client is pinned to 1.1",
                "typed error: Bob is asleep",
            ]
        );
    });
}
