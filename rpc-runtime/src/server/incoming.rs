//! A request on its way into a method, and the method's result on its way out.

#[cfg(feature = "objects")]
use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::context::ContextOf;
use crate::error::{RemoteError, RpcException};
use crate::interface::{Decode, Method, MethodResult};
#[cfg(feature = "objects")]
use crate::object::ObjectError;
#[cfg(feature = "objects")]
use crate::object::scope::fault_of;
#[cfg(feature = "objects")]
use crate::object::search::too_new;
use crate::pin::ObjectCap;
use crate::text::{shortened, without_value};
use crate::wire::{Arguments, EncodedValue};

/// What a caller gets: the encoded result, or an exception.
pub type Outcome = Result<EncodedValue, Raised>;

/// An exception as the outcome of a request.
#[derive(Debug)]
pub struct Raised {
    pub(super) error: Box<RemoteError>,
    /// Whether the method declared it as nothing unusual.
    pub(super) expected: bool,
    /// Whether the method never ran, as an object in its arguments is newer than its type.
    #[cfg(feature = "objects")]
    pub(super) too_new: bool,
}

impl Raised {
    fn new(error: Box<RemoteError>, expected: bool) -> Self {
        Self {
            error,
            expected,
            #[cfg(feature = "objects")]
            too_new: false,
        }
    }
}

impl From<Box<RemoteError>> for Raised {
    fn from(error: Box<RemoteError>) -> Self {
        Self::new(error, false)
    }
}

impl From<RemoteError> for Raised {
    fn from(error: RemoteError) -> Self {
        Box::new(error).into()
    }
}

fn builtin(class: &str, text: String) -> Box<RemoteError> {
    Box::new(RemoteError::builtin(class, text))
}

/// A request for a method of an endpoint.
#[derive(Debug, Clone)]
pub struct Incoming {
    method: &'static str,
    args: Arguments,
    context: Arguments,
    /// The versions in which objects in the result are written at most.
    objects: ObjectCap,
}

impl Incoming {
    pub(super) fn new(method: &'static str, args: Arguments, context: Arguments, objects: ObjectCap) -> Self {
        Self { method, args, context, objects }
    }

    /// The method asked for, by its name on the wire.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method
    }

    #[cfg(feature = "objects")]
    pub(super) fn args(&self) -> &Arguments {
        &self.args
    }

    #[cfg(feature = "objects")]
    pub(super) fn context(&self) -> &Arguments {
        &self.context
    }

    /// Puts JSON texts in the place of arguments, by name.
    #[cfg(feature = "objects")]
    pub(super) fn replace(&mut self, texts: &BTreeMap<String, String>) -> Result<(), Box<RemoteError>> {
        let replaced = self.args.replaced(texts);
        self.args =
            replaced.map_err(|error| builtin("ValueError", format!("arguments made older: {error}")))?;
        Ok(())
    }

    /// The first parameter of a method, which has to be the context `C` of its interface, and the arguments once none is
    /// unknown.
    ///
    /// # Errors
    /// An exception that names what the method does not take, or the context field that is wrong.
    pub fn open<P: ContextOf<C>, C>(
        &self,
        method: &'static Method,
    ) -> Result<(P, Args<'_>), Box<RemoteError>> {
        let args = &self.args;
        if let Some(unknown) = args.names().find(|name| !method.takes(name)) {
            let unknown = shortened(unknown);
            let text = format!("{}() got an unexpected keyword argument '{unknown}'", method.name);
            return Err(builtin("TypeError", text));
        }
        let context = P::read(&self.context).map_err(|why| {
            builtin("ValueError", format!("{}(): context {}", method.name, shortened(&why)))
        })?;
        Ok((context, Args { method, args }))
    }

    /// Encodes what the method returned. A result that cannot be encoded is an exception for the
    /// caller, who would otherwise wait in vain.
    ///
    /// # Errors
    /// The method's error as an exception, or that of the encoder.
    pub fn outcome<R: MethodResult>(&self, result: R) -> Outcome {
        self.outcome_expecting(result, |_| false)
    }

    /// The same for a method with errors that are nothing unusual, which `is_expected` tells.
    ///
    /// # Errors
    /// The method's error as an exception, or that of the encoder.
    pub fn outcome_expecting<R: MethodResult>(
        &self,
        result: R,
        is_expected: impl FnOnce(&R::Err) -> bool,
    ) -> Outcome {
        let value = result.into_result().map_err(|error| {
            let expected = is_expected(&error);
            Raised::new(Box::new(error.to_remote()), expected)
        })?;
        self.objects
            .apply(|| EncodedValue::new(&value))
            .map_err(|error| builtin("ValueError", format!("the result cannot be encoded: {error}")).into())
    }

    /// The outcome for a method that the endpoint does not have.
    ///
    /// # Errors
    /// Always.
    pub fn unknown(&self) -> Outcome {
        Err(RemoteError::no_such_method(self.method()).into())
    }
}

/// The arguments of a request, each decoded once.
#[derive(Debug, Clone, Copy)]
pub struct Args<'a> {
    method: &'static Method,
    args: &'a Arguments,
}

impl Args<'_> {
    /// The argument by its present or else by its older name.
    fn get<T: DeserializeOwned>(self, name: &str) -> Result<Option<T>, Raised> {
        let older = || {
            let was = self.method.args.iter().find(|arg| arg.name == name)?.was?;
            self.args.decode(was.name)
        };
        let decoded = self.args.decode(name).or_else(older);
        decoded.transpose().map_err(|error| self.wrong(name, &error))
    }

    fn wrong(self, name: &str, error: &serde_json::Error) -> Raised {
        #[cfg(feature = "objects")]
        if let Some(raised) = self.wrong_object([self.sent_name(name)], error) {
            return raised;
        }
        let (name, error) = (shortened(name), without_value(error));
        builtin("TypeError", format!("{}() argument '{name}': {error}", self.method.name)).into()
    }

    fn wrong_rest(self, error: &serde_json::Error) -> Raised {
        #[cfg(feature = "objects")]
        {
            let names: BTreeSet<&str> = self.args.names().filter(|name| !self.method.names(name)).collect();
            if let Some(raised) = self.wrong_object(names, error) {
                return raised;
            }
        }
        let error = without_value(error);
        builtin("TypeError", format!("{}() keyword arguments: {error}", self.method.name)).into()
    }

    /// The name under which an argument was sent.
    #[cfg(feature = "objects")]
    fn sent_name(self, name: &str) -> &str {
        let was = self.method.args.iter().find(|arg| arg.name == name).and_then(|arg| arg.was);
        was.filter(|_| self.args.get(name).is_none()).map_or(name, |was| was.name)
    }

    /// What is wrong with an object in these arguments, if that is why they are not read: that it is too new comes first.
    #[cfg(feature = "objects")]
    fn wrong_object<'n>(
        self,
        names: impl IntoIterator<Item = &'n str>,
        error: &serde_json::Error,
    ) -> Option<Raised> {
        let newer = names.into_iter().find_map(|name| {
            Some(too_new(self.args.get(name)?, self.method.object_in(name)?).first()?.error())
        });
        let fault = newer.or_else(|| fault_of(error))?;
        let too_new = matches!(fault, ObjectError::Version { .. });
        Some(Raised { too_new, ..Box::new(fault.to_remote()).into() })
    }

    /// An argument that must be there.
    ///
    /// # Errors
    /// An exception that names the argument, if it is absent or not a `T`.
    pub fn required<T: Decode>(self, name: &str) -> Result<T, Raised> {
        self.get(name)?.ok_or_else(|| {
            let text = format!("{}() missing 1 required argument: '{name}'", self.method.name);
            builtin("TypeError", text).into()
        })
    }

    /// An argument that older clients do not send.
    ///
    /// # Errors
    /// An exception that names the argument, if it is not a `T`.
    pub fn optional<T: Decode + FromAbsent>(self, name: &str) -> Result<T, Raised> {
        Ok(self.get(name)?.unwrap_or_else(T::from_absent))
    }

    /// An argument with a default.
    ///
    /// # Errors
    /// An exception that names the argument, if it is not a `T`.
    pub fn or_else<T: Decode>(self, name: &str, default: impl FnOnce() -> T) -> Result<T, Raised> {
        Ok(self.get(name)?.unwrap_or_else(default))
    }

    /// All arguments that have no name of their own, as a map.
    ///
    /// # Errors
    /// An exception that names an argument whose value cannot be in the map.
    pub fn rest<T: Decode>(self) -> Result<T, Raised> {
        let mut rest = Map::new();
        // In order, so that of a repeated argument the last one stays.
        for (name, text) in self.args.iter().filter(|(name, _)| !self.method.names(name)) {
            let value = serde_json::from_str(text).map_err(|error| self.wrong(name, &error))?;
            rest.insert(name.to_owned(), value);
        }
        serde_json::from_value(Value::Object(rest)).map_err(|error| self.wrong_rest(&error))
    }
}

/// A type with a value for an argument that was not sent, because the client is older.
///
/// `Option<T>` is `None` then; other types of std have no such value, since `false` or an empty list would be a guess:
/// such an argument gets a default. What is nothing to clients, on the way to older servers, is
/// [`MaybeSet`](crate::MaybeSet).
///
/// Implement it for types of your own, where absence is a value:
///
/// ```
/// use rpc_runtime::{Context, FromAbsent, RemoteError, rpc_manager};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Clone, Serialize, Deserialize)]
/// pub enum Sharing {
///     Exclusive,
///     Shared,
/// }
///
/// impl FromAbsent for Sharing {
///     /// What servers did before clients could say it.
///     fn from_absent() -> Self {
///         Sharing::Exclusive
///     }
/// }
///
/// #[rpc_manager(client = LockApi, topic = "lock", version = "1.1")]
/// pub trait LockManager {
///     #[rpc(cast)]
///     async fn take(
///         &self,
///         ctx: Context,
///         name: String,
///         #[arg(since = "1.1", old = drop)] sharing: Sharing,
///     ) -> Result<(), RemoteError>;
/// }
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "an argument with `since` is not sent by older clients, and `{Self}` has no value for that",
    label = "make it `Option<{Self}>`, or give the argument a default: `#[arg(default = ...)]`"
)]
pub trait FromAbsent {
    /// The value for absence.
    fn from_absent() -> Self;
}

impl<T> FromAbsent for Option<T> {
    fn from_absent() -> Self {
        None
    }
}
