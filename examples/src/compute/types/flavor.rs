use std::collections::BTreeMap;

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{DateTime, Field, Origin};

use super::NOVA;

/// How large an instance is.
#[expect(missing_docs, reason = "the fields are those of nova's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.2")]
pub struct Flavor {
    pub id: Field<i64>,
    pub name: Field<Option<String>>,
    pub memory_mb: Field<i64>,
    pub vcpus: Field<i64>,
    pub root_gb: Field<i64>,
    pub ephemeral_gb: Field<i64>,
    pub flavorid: Field<String>,
    pub swap: Field<i64>,
    #[object(default = Some(1.0))]
    pub rxtx_factor: Field<Option<f64>>,
    pub vcpu_weight: Field<Option<i64>>,
    pub disabled: Field<bool>,
    pub is_public: Field<bool>,
    pub extra_specs: Field<BTreeMap<String, String>>,
    pub projects: Field<Vec<String>>,
    #[object(since = "1.2")]
    pub description: Field<Option<String>>,
    pub created_at: Field<Option<DateTime>>,
    pub updated_at: Field<Option<DateTime>>,
    pub deleted_at: Field<Option<DateTime>>,
    #[object(default = false)]
    pub deleted: Field<bool>,
    #[object(origin)]
    pub origin: Origin,
}
