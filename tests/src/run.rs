//! Running a test that may not hang.

use crate::limits::TEST;

/// Runs a test to its end, or fails it after [`TEST`]: whatever it waits for then does not come.
#[expect(clippy::panic, clippy::expect_used, reason = "it is the outermost frame of a test")]
pub fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    match runtime.block_on(async { tokio::time::timeout(TEST, test).await }) {
        Ok(value) => value,
        Err(_) => panic!("the test was not done in {TEST:?}"),
    }
}
