use std::collections::BTreeMap;

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{DateTime, Field, Object, Origin};

use super::CINDER;

/// What a volume has to be like: a name for requirements.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.3", dict)]
pub struct VolumeType {
    pub id: Field<String>,
    pub name: Field<Option<String>>,
    pub description: Field<Option<String>>,
    #[object(default = Some(true))]
    pub is_public: Field<Option<bool>>,
    pub projects: Field<Option<Vec<String>>>,
    pub extra_specs: Field<Option<BTreeMap<String, Option<String>>>>,
    #[object(since = "1.3")]
    pub qos_specs_id: Field<Option<String>>,
    #[object(since = "1.2")]
    pub qos_specs: Field<Option<Object>>,
    pub created_at: Field<Option<DateTime>>,
    pub updated_at: Field<Option<DateTime>>,
    pub deleted_at: Field<Option<DateTime>>,
    #[object(default = Some(false))]
    pub deleted: Field<Option<bool>>,
    #[object(origin)]
    pub origin: Origin,
}

/// Volume types.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.1")]
pub struct VolumeTypeList {
    pub objects: Field<Vec<VolumeType>>,
    #[object(origin)]
    pub origin: Origin,
}
