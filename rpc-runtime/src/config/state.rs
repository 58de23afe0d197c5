//! What one reading of the files came to.

use super::error::ConfigError;
use super::inspection::remarks;
use super::messaging::Messaging;
use super::remark::{Listed, Remark, RemarkKind};
use super::values::Values;

/// All of it; what is asked for later is made of the same.
#[derive(Debug)]
pub(super) struct State {
    pub(super) values: Values,
    pub(super) messaging: Messaging,
    pub(super) remarks: Vec<Remark>,
}

impl State {
    pub(super) fn new(values: Values, strict: bool) -> Result<Self, ConfigError> {
        let remarks = remarks(&values);
        if strict {
            let unknown: Vec<_> = remarks.iter().filter(|remark| is_unknown(remark)).cloned().collect();
            if !unknown.is_empty() {
                return Err(ConfigError::Unknown { remarks: unknown });
            }
        }
        Ok(Self { messaging: Messaging::read(&values)?, values, remarks })
    }

    /// Says once what may surprise.
    pub(super) fn log(&self) {
        let of =
            |kind: fn(&Remark) -> bool| self.remarks.iter().filter(|remark| kind(remark)).cloned().collect();
        let unknown: Vec<Remark> = of(is_unknown);
        if !unknown.is_empty() {
            tracing::warn!(options = %Listed(&unknown), "the configuration has options that nobody knows");
        }
        let renamed: Vec<Remark> = of(|remark| matches!(remark.kind, RemarkKind::Renamed { .. }));
        if !renamed.is_empty() {
            tracing::warn!(options = %Listed(&renamed), "the configuration has options under names of old");
        }
        let without: Vec<Remark> = of(|remark| matches!(remark.kind, RemarkKind::WithoutEffect { .. }));
        if !without.is_empty() {
            tracing::info!(options = %Listed(&without), "the configuration has options that have no effect here");
        }
    }
}

fn is_unknown(remark: &Remark) -> bool {
    matches!(remark.kind, RemarkKind::Unknown { .. })
}
