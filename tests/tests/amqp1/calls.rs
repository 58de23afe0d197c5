//! Calls, of a topic and of one of its servers.

use std::time::Duration;

use rpc_runtime::{CallOptions, Context};
use rpc_tests::amqp1::Mode;
use rpc_tests::run;
use rpc_tests::sample::request;
use serde_json::json;

use super::bus;

in_both_modes!(calls: python_answers_rust, rust_answers_python, servers_of_both_languages_serve_a_topic);
in_one_mode!(Routable calls: many_calls_at_once_have_each_their_own_answer);

#[test]
fn a_monitored_call_outlives_its_monitor() {
    run(async {
        let (_router, bus) = bus(Mode::Legacy).await;
        let python = bus.python_server("python").await.unwrap();
        // Signs of life come twice as often, and on a busy machine one may be as late as the shorter monitor.
        let monitors = [(5, 8), (20, 30)];
        let api = bus.client(&[]).await.unwrap();
        api.whoami(&Context::new()).await.unwrap();
        let mut slow = Vec::new();
        for (monitor, seconds) in monitors {
            let options = CallOptions::new().timeout(Duration::from_secs(100));
            let api = api.with(options.monitor(Duration::from_secs(monitor)));
            let wanted = f64::from(seconds);
            let answer = api.slow(&Context::new(), wanted).await;
            slow.push(answer.map(|slow| (slow - wanted).abs() < f64::EPSILON));
            if let Some(Ok(true)) = slow.last() {
                break;
            }
        }
        assert!(matches!(slow.last(), Some(Ok(true))), "{slow:?}");
        python.stop().await.unwrap();

        let _rust = bus.rust_server("rust").await.unwrap();
        let mut client = bus.python_client().await.unwrap();
        client.call(request("whoami", json!({}), json!({}))).await.unwrap().unwrap();
        let mut slow = Vec::new();
        for (monitor, seconds) in monitors {
            let monitored = json!({"timeout": 100, "call_monitor_timeout": monitor});
            let answer = client.call(request("slow", json!({"seconds": seconds}), monitored)).await.unwrap();
            slow.push(answer.map(|slow| slow == f64::from(seconds)));
            if let Some(Ok(true)) = slow.last() {
                break;
            }
        }
        assert!(matches!(slow.last(), Some(Ok(true))), "{slow:?}");
    });
}
