//! What some keys ask of arguments: whether they carry anything, and what their members are.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;

use serde::Serialize;
use serde_json::{Map, Value};

/// A value that can carry nothing, which `old = error_if_set` needs to know.
///
/// `None`, `false`, null and whatever is empty carry nothing. A number always carries something: an argument that is one
/// gets a default, which is nothing then, whatever its type.
///
/// Implement it for types of your own. It is for clients; what servers take for an argument that an older client did
/// not send is [`FromAbsent`], or the argument's default:
///
/// ```
/// use rpc_runtime::{Context, FromAbsent, MaybeSet, RemoteError, rpc_manager};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Clone, Serialize, Deserialize)]
/// pub struct Flags(u32);
///
/// impl MaybeSet for Flags {
///     fn is_set(&self) -> bool {
///         self.0 != 0
///     }
/// }
///
/// impl FromAbsent for Flags {
///     fn from_absent() -> Self {
///         Flags(0)
///     }
/// }
///
/// #[rpc_manager(client = DiskApi, topic = "disk", version = "1.1")]
/// pub trait DiskManager {
///     #[rpc(cast)]
///     async fn wipe(
///         &self,
///         ctx: Context,
///         #[arg(since = "1.1", old = error_if_set)] flags: Flags,
///     ) -> Result<(), RemoteError>;
/// }
/// # fn main() {}
/// ```
///
/// [`FromAbsent`]: crate::FromAbsent
#[diagnostic::on_unimplemented(
    message = "`old = error_if_set` cannot tell whether a `{Self}` is set",
    label = "implement `MaybeSet` for it, give the argument a default, or write `old = error_if(function)`"
)]
pub trait MaybeSet {
    /// Whether the value carries something.
    fn is_set(&self) -> bool;
}

impl MaybeSet for bool {
    fn is_set(&self) -> bool {
        *self
    }
}

impl MaybeSet for str {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl MaybeSet for String {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl<T> MaybeSet for Option<T> {
    fn is_set(&self) -> bool {
        self.is_some()
    }
}

impl<T> MaybeSet for [T] {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl<T> MaybeSet for Vec<T> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl<K, V, S: BuildHasher> MaybeSet for HashMap<K, V, S> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl<K, V> MaybeSet for BTreeMap<K, V> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl MaybeSet for Map<String, Value> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl<T, S: BuildHasher> MaybeSet for HashSet<T, S> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl<T> MaybeSet for BTreeSet<T> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl MaybeSet for Value {
    fn is_set(&self) -> bool {
        !self.is_null()
    }
}

/// A map of keyword arguments, which `#[arg(rest)]` needs.
#[diagnostic::on_unimplemented(
    message = "`rest` is a map of the remaining keyword arguments, and `{Self}` is none",
    label = "use `serde_json::Map<String, Value>`, or a `HashMap` or `BTreeMap` with `String` keys"
)]
pub trait RestArg: sealed::Rest {
    /// Each name with its value, encoded.
    fn members(&self) -> impl Iterator<Item = (&str, Result<Value, serde_json::Error>)>;
}

impl RestArg for Map<String, Value> {
    fn members(&self) -> impl Iterator<Item = (&str, Result<Value, serde_json::Error>)> {
        self.iter().map(|(name, value)| (name.as_str(), Ok(value.clone())))
    }
}

impl<V: Serialize, S: BuildHasher> RestArg for HashMap<String, V, S> {
    fn members(&self) -> impl Iterator<Item = (&str, Result<Value, serde_json::Error>)> {
        self.iter().map(|(name, value)| (name.as_str(), serde_json::to_value(value)))
    }
}

impl<V: Serialize> RestArg for BTreeMap<String, V> {
    fn members(&self) -> impl Iterator<Item = (&str, Result<Value, serde_json::Error>)> {
        self.iter().map(|(name, value)| (name.as_str(), serde_json::to_value(value)))
    }
}

/// Who implements [`RestArg`]: the same types once more.
mod sealed {
    use std::collections::{BTreeMap, HashMap};

    use serde_json::{Map, Value};

    pub trait Rest {}

    impl Rest for Map<String, Value> {}
    impl<V, S> Rest for HashMap<String, V, S> {}
    impl<V> Rest for BTreeMap<String, V> {}
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_carries_something() {
        let one = ("a".to_owned(), json!(1));
        for (at, (something, nothing)) in [
            (true.is_set(), false.is_set()),
            ("a".is_set(), "".is_set()),
            ("a".to_owned().is_set(), String::new().is_set()),
            (Some(false).is_set(), None::<bool>.is_set()),
            ([1][..].is_set(), [0; 0][..].is_set()),
            (vec![1].is_set(), Vec::<u8>::new().is_set()),
            (HashMap::from([(1, 2)]).is_set(), HashMap::<u8, u8>::new().is_set()),
            (BTreeMap::from([(1, 2)]).is_set(), BTreeMap::<u8, u8>::new().is_set()),
            (Map::from_iter([one]).is_set(), Map::new().is_set()),
            (HashSet::from([1]).is_set(), HashSet::<u8>::new().is_set()),
            (BTreeSet::from([1]).is_set(), BTreeSet::<u8>::new().is_set()),
            (json!(false).is_set(), Value::Null.is_set()),
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!((something, nothing), (true, false), "number {at}");
        }
    }

    #[test]
    fn members_of_all_maps() {
        fn members(rest: &impl RestArg) -> Vec<(String, Value)> {
            rest.members().map(|(name, value)| (name.to_owned(), value.unwrap())).collect()
        }
        let (name, expected) = ("a".to_owned(), [("a".to_owned(), json!(1))]);
        assert_eq!(members(&Map::from_iter(expected.clone())), expected);
        assert_eq!(members(&HashMap::from([(name.clone(), 1)])), expected);
        assert_eq!(members(&BTreeMap::from([(name, 1)])), expected);
    }
}
