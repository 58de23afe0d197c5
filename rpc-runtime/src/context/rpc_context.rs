use crate::wire::{Arguments, EncodeError, Fields};

/// A context type that travels with every request, as `_context_*` fields.
///
/// [`Context`](crate::Context) is the usual one; a service whose context has a type of its own implements this and
/// names the type in `#[rpc_manager(context = ...)]`.
pub trait RpcContext: Sized + Send + 'static {
    /// Writes the fields that are sent; the `_context_` prefix is added by the wire.
    ///
    /// # Errors
    /// If a field cannot be written as JSON; nothing is sent then.
    fn write(&self, fields: &mut Fields) -> Result<(), EncodeError>;

    /// Reads the fields that came, prefix removed.
    ///
    /// # Errors
    /// A text for the caller that names the field at fault.
    fn read(fields: &Arguments) -> Result<Self, String>;
}
