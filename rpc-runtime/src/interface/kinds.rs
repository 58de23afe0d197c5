//! What can be an argument, a result, the result of a cast.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::RpcException;

/// A type that can be an argument or a result: everything with both serde traits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel over rpc",
    label = "derive `Serialize` and `Deserialize` for it, or for what it is made of",
    note = "arguments and results are encoded and decoded as owned values"
)]
pub trait RpcArg: Serialize + DeserializeOwned + Send {}

// Else a type that lacks both traits is an error for each.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send> RpcArg for T {}

/// What a client needs of the type of an argument, as it is lent to it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel over rpc",
    label = "derive `Serialize` and `Deserialize` for it"
)]
pub trait Encode: Serialize {}

impl<T: Serialize + ?Sized> Encode for T {}

/// What a server needs of the type of an argument.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel over rpc",
    label = "derive `Serialize` and `Deserialize` for it",
    note = "arguments are decoded as owned values"
)]
pub trait Decode: DeserializeOwned + Send {}

impl<T: DeserializeOwned + Send> Decode for T {}

/// What a method returns: `Result<T, E>` with a result that travels and an error with a class.
///
/// Sealed: it is implemented for every such `Result`, and for nothing else.
#[diagnostic::on_unimplemented(
    message = "an rpc method returns `Result<T, E>`, not `{Self}`",
    label = "`T` needs serde's `Serialize` and `Deserialize`, `E` needs `RpcException`"
)]
pub trait MethodResult: sealed::Sealed + Send {
    /// What the method returns when it succeeds.
    type Ok: RpcArg;
    /// The errors that the method declares.
    type Err: RpcException;

    /// The plain result.
    #[doc(hidden)]
    fn into_result(self) -> Result<Self::Ok, Self::Err>;
}

impl<T: RpcArg, E: RpcException> MethodResult for Result<T, E> {
    type Ok = T;
    type Err = E;

    fn into_result(self) -> Result<T, E> {
        self
    }
}

/// What a method without a reply returns: `Result<(), E>`. Sealed, as [`MethodResult`] is.
#[diagnostic::on_unimplemented(
    message = "a cast has no reply",
    label = "return `Result<(), E>`, or make it a call"
)]
pub trait CastResult: MethodResult<Ok = ()> {}

impl<E: RpcException> CastResult for Result<(), E> {}

mod sealed {
    pub trait Sealed {}

    impl<T, E> Sealed for Result<T, E> {}
}
