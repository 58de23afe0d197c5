//! How a method is sent.

use proc_macro2::Ident;
use syn::{Attribute, Meta};

use crate::errors::Errors;
use crate::parse::Keys;

/// How a method is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Call,
    Cast,
    Fanout,
    CallOrCast,
}

impl Kind {
    /// What the keys of the method say.
    pub(super) fn read(
        keys: &Keys,
        name: &Ident,
        attribute: &Attribute,
        errors: &mut Errors,
    ) -> Option<Self> {
        let fanout = keys.token("fanout");
        let kind = match (keys.token("call"), keys.token("cast"), keys.token("call_or_cast")) {
            (Some(_), None, None) => Self::Call,
            (None, Some(_), None) => Self::Cast,
            (None, None, Some(_)) => Self::CallOrCast,
            (Some(_), Some(cast), None) => {
                let choice = "if its callers choose, use `call_or_cast`";
                errors.at(cast, format!("{name} is sent either by `call` or by `cast`; {choice}"));
                return None;
            }
            (_, _, Some(both)) => {
                errors.at(both, "`call_or_cast` stands for both; remove the other");
                return None;
            }
            (None, None, None) => {
                match fanout {
                    Some(fanout) => {
                        errors.at(fanout, "a fanout is a cast to every server: write #[rpc(cast, fanout)]");
                    }
                    // That is an error already.
                    None if matches!(attribute.meta, Meta::NameValue(_)) => {}
                    None => errors.at(
                        attribute.path(),
                        format!("say how {name} is sent: #[rpc(call)], #[rpc(cast)] or #[rpc(call_or_cast)]"),
                    ),
                }
                return None;
            }
        };
        match (kind, fanout) {
            (kind, None) => Some(kind),
            (Self::Cast, Some(_)) => Some(Self::Fanout),
            (_, Some(fanout)) => {
                errors.at(fanout, "a call cannot be a fanout: nobody to wait for");
                None
            }
        }
    }

    /// Refuses keys of the method that are pointless when it is sent like this.
    pub(super) fn check(self, keys: &Keys, is_routed: bool, errors: &mut Errors) {
        if self == Self::Fanout
            && !is_routed
            && let Some(to) = keys.token("to")
        {
            errors
                .at(to, "fanout sends to every server of the topic; `to` would be ignored without a `route`");
        }
        if matches!(self, Self::Cast | Self::Fanout) {
            for key in ["timeout", "monitor"] {
                if let Some(token) = keys.token(key) {
                    errors.at(token, format!("a cast waits for nothing; remove `{key}`"));
                }
            }
        }
    }
}
