//! What the signature of a method has to look like.

use syn::{Receiver, ReceiverKind, Safety, Signature};

use crate::errors::Errors;

/// `async fn(&self, ..)` without anything that would make it more than one handler.
pub(super) fn check(signature: &Signature, errors: &mut Errors) {
    let shape = "rpc methods are `async fn(&self, ctx, ..)`: handlers run concurrently";
    if signature.asyncness.is_none() {
        errors.at(signature.fn_token, shape);
    }
    match signature.receiver() {
        Some(Receiver { kind: ReceiverKind::Reference(_, None, None), .. }) => {}
        Some(receiver) => errors.at(receiver, shape),
        None if signature.asyncness.is_some() => errors.at(&signature.ident, shape),
        None => {}
    }
    if let Some(constness) = signature.constness {
        errors.at(constness, shape);
    }
    if let Safety::Unsafe(token) = signature.safety {
        errors.at(token, "rpc methods cannot be unsafe: their callers are on other machines");
    }
    if let Some(abi) = &signature.abi {
        errors.at(abi, shape);
    }
    if let Some(variadic) = &signature.variadic {
        errors.at(variadic, shape);
    }
    let generics = &signature.generics;
    if !generics.params.is_empty() {
        errors.at(generics, "rpc methods cannot be generic: there is one handler per wire name");
    }
    if let Some(clause) = &generics.where_clause {
        errors.at(clause, "rpc methods cannot be generic: there is one handler per wire name");
    }
}
