//! The trait around its methods.

use crate::errors::Errors;
use crate::parse::{ManagerTrait, is_called};

/// Refuses what would make it another trait than the one that is served.
pub(super) fn check(item: &ManagerTrait, errors: &mut Errors) {
    for attribute in &item.attributes {
        if is_called(attribute, "rpc_manager") {
            errors.at(attribute, "one trait is one interface: it has an #[rpc_manager] already");
        } else if is_called(attribute, "async_trait") {
            errors.at(attribute, BOXED);
        }
    }
    if is_boxed(item) {
        errors.at(&item.name, BOXED);
    }
    if let Some(unsafety) = item.unsafety {
        errors.at(unsafety, "an rpc trait cannot be unsafe: its callers are on other machines");
    }
    let reason = "an rpc trait cannot be generic: it describes one interface on the wire";
    if item.generics.lt_token.is_some() {
        errors.at(&item.generics, reason);
    }
    if let Some(clause) = &item.generics.where_clause {
        errors.at(clause, reason);
    }
}

const BOXED: &str = "remove #[async_trait], here and where the trait is implemented: methods are async without it, and their \
                     futures `Send`";

/// Whether `#[async_trait]` has been here, above our own attribute, and made other signatures of all.
pub(super) fn is_boxed(item: &ManagerTrait) -> bool {
    let mut lifetimes = item.methods().flat_map(|method| method.signature.generics.lifetimes());
    lifetimes.any(|it| it.lifetime.ident == "async_trait")
}
