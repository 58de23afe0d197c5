use crate::wire::{Arguments, EncodeError, Fields};

/// A context type that travels with every request, as `_context_*` fields.
///
/// [`Context`](crate::Context) is the usual one; a service whose context has a type of its own implements this and
/// names the type in `#[rpc_manager(context = ...)]`.
///
/// ```
/// use rpc_runtime::wire::{Arguments, EncodeError, Fields};
/// use rpc_runtime::{RemoteError, RpcContext, rpc_manager};
///
/// /// Who asks, and for how long what they know of it holds.
/// pub struct Ticket {
///     holder: String,
///     uses_left: u32,
/// }
///
/// impl RpcContext for Ticket {
///     fn write(&self, fields: &mut Fields) -> Result<(), EncodeError> {
///         if self.uses_left == 0 {
///             return Err(EncodeError::new("ticket", "it is used up"));
///         }
///         fields.set("holder", &self.holder)?;
///         fields.set("uses_left", &(self.uses_left - 1))
///     }
///
///     fn read(fields: &Arguments) -> Result<Self, String> {
///         let holder = fields.decode("holder").ok_or("the context has no holder")?;
///         let uses_left = fields.decode("uses_left").ok_or("the context has no uses_left")?;
///         Ok(Self {
///             holder: holder.map_err(|error| format!("holder: {error}"))?,
///             uses_left: uses_left.map_err(|error| format!("uses_left: {error}"))?,
///         })
///     }
/// }
///
/// #[rpc_manager(client = GateApi, topic = "gate", version = "1.0", context = Ticket)]
/// pub trait GateManager {
///     #[rpc(call)]
///     async fn open(&self, ticket: Ticket) -> Result<(), RemoteError>;
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (transport, recorder) = rpc_runtime::Transport::recording();
/// let ticket = Ticket { holder: "Alice".to_owned(), uses_left: 0 };
/// let error = GateApi::new(&transport).open(&ticket).await.unwrap_err();
/// assert_eq!(error.to_string(), "open: cannot encode context: ticket: it is used up");
/// assert!(recorder.take().is_empty());
/// # Ok(())
/// # }
/// ```
pub trait RpcContext: Sized + Send + 'static {
    /// Writes the fields that are sent; the `_context_` prefix is added by the wire.
    ///
    /// # Errors
    /// If a field cannot be written as JSON, or the context is not to be sent for a reason of its own
    /// ([`EncodeError::new`]); nothing is sent then, and the caller is told.
    fn write(&self, fields: &mut Fields) -> Result<(), EncodeError>;

    /// Reads the fields that came, prefix removed.
    ///
    /// # Errors
    /// A text for the caller that names the field at fault.
    fn read(fields: &Arguments) -> Result<Self, String>;
}

/// What the first parameter of a method is: the context `C` of its interface. Implemented for `C` alone.
#[diagnostic::on_unimplemented(
    message = "the first parameter after `&self` is the context, `{C}`, and this is `{Self}`",
    label = "write `ctx: {C}` before it, or name this type as the context: `#[rpc_manager(context = {Self})]`"
)]
pub trait ContextOf<C>: RpcContext {}

impl<C: RpcContext> ContextOf<C> for C {}
