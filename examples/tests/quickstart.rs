//! The quick start prints what it promises.

use rpc_tests::{Program, run};

#[test]
fn it_is_short() {
    let lines = include_str!("../src/bin/quickstart.rs").lines().count();
    assert!(lines < 70, "{lines} lines");
}

#[test]
fn it_says_which_line_is_what_and_stops_on_ctrl_c() {
    run(async {
        let mut program = Program::start(env!("CARGO_BIN_EXE_quickstart"), [""; 0]).unwrap();
        // Casts and fanouts are handled when the server comes to it, and by any of the servers.
        for _ in 0..7 {
            program.line_with("").await.unwrap();
        }
        program.listens_to_signals().await.unwrap();
        program.interrupt().unwrap();
        let mut lines = program.success().await.unwrap();
        lines.sort();
        let waking = lines.iter().position(|line| line.ends_with(" wakes Bob for demo")).unwrap();
        assert!(lines.remove(waking).starts_with("cast: desk"));
        assert_eq!(
            lines,
            [
                "Ctrl-C stops the desks",
                "call: hello Alice, hello Alice",
                "fanout: desk1 takes a break",
                "fanout: desk2 takes a break",
                "pin: pause needs version 1.2 but the client is pinned to 1.1",
                "typed error: Bob is asleep",
            ]
        );
    });
}
