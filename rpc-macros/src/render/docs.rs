//! The documentation that is generated.

use crate::model::{Interface, Kind, Method, Version, in_result, source_text};

/// What the client is, and which version brought what.
pub(super) fn client(interface: &Interface) -> Vec<String> {
    let Interface { name, topic, versions, .. } = interface;
    let namespace = interface
        .namespace
        .as_ref()
        .map(|namespace| format!(", namespace `{namespace}`"))
        .unwrap_or_default();
    let all: Vec<Version> =
        std::iter::once(versions.current()).chain(versions.older().iter().copied()).collect();
    let mut lines =
        vec![format!(" Client of [`{name}`]: topic `{topic}`{namespace}, version {}.", and(&all))];
    let changes = interface.changes();
    if !changes.is_empty() {
        lines.extend(["", " # Version history", ""].map(str::to_owned));
        lines.extend(
            changes.into_iter().map(|(version, what)| format!(" - **{version}** {}", what.join("; "))),
        );
    }
    lines
}

/// How a method is sent, since when, where to, and what can go wrong.
pub(super) fn method(interface: &Interface, method: &Method) -> String {
    let wire = &method.wire;
    let how = match method.kind {
        Kind::Call => format!("Calls `{wire}`"),
        Kind::Cast => format!("Casts `{wire}`"),
        Kind::Fanout => format!("Casts `{wire}` to every server"),
        Kind::CallOrCast => format!("Calls or casts `{wire}`"),
    };
    let since = and(&method.life.since);
    let until = method.life.until.map(|until| format!(", until {until}")).unwrap_or_default();
    let to = match (&method.to, method.kind) {
        (Some(to), _) => format!(", to `{}`", source_text(&to.value)),
        (None, Kind::Fanout) => String::new(),
        (None, _) => ", to any server".to_owned(),
    };
    let route = match method.route.as_ref().or(interface.route.as_ref()) {
        Some(route) => format!(" by `{}`", source_text(&route)),
        None => String::new(),
    };
    let error = match method.kind {
        Kind::Cast | Kind::Fanout => "`RpcError`".to_owned(),
        Kind::Call | Kind::CallOrCast => {
            match interface.error.as_ref().or_else(|| in_result(&method.returns).map(|(_, error)| error)) {
                Some(error) => format!("`{}` or `RpcError`", source_text(&error)),
                None => "its own error or `RpcError`".to_owned(),
            }
        }
    };
    format!(
        " {how}, since {since}{until}{to}{route}. Fails with {error}. To drop the future takes back no request that was sent."
    )
}

fn and(versions: &[Version]) -> String {
    versions.iter().map(Version::to_string).collect::<Vec<_>>().join(" and ")
}
