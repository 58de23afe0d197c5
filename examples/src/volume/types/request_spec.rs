use std::collections::BTreeMap;

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin};

use super::{CINDER, Volume, VolumeType};

/// What the scheduler was asked for.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.5", dict)]
pub struct RequestSpec {
    pub consistencygroup_id: Field<Option<String>>,
    #[object(since = "1.1")]
    pub group_id: Field<Option<String>>,
    pub cgsnapshot_id: Field<Option<String>>,
    pub image_id: Field<Option<String>>,
    pub snapshot_id: Field<Option<String>>,
    pub source_replicaid: Field<Option<String>>,
    pub source_volid: Field<Option<String>>,
    pub volume_id: Field<Option<String>>,
    pub volume: Field<Option<Volume>>,
    pub volume_type: Field<Option<VolumeType>>,
    pub volume_properties: Field<Option<VolumeProperties>>,
    #[object(name = "CG_backend")]
    pub cg_backend: Field<Option<String>>,
    #[object(since = "1.1")]
    pub group_backend: Field<Option<String>>,
    #[object(since = "1.2")]
    pub resource_backend: Field<Option<String>>,
    #[object(since = "1.3")]
    pub backup_id: Field<Option<String>>,
    #[object(since = "1.4")]
    pub operation: Field<Option<String>>,
    #[object(since = "1.5")]
    pub availability_zones: Field<Option<Vec<String>>>,
    #[object(origin)]
    pub origin: Origin,
}

/// What a volume to be created is like.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.1", dict)]
pub struct VolumeProperties {
    pub attach_status: Field<Option<String>>,
    pub availability_zone: Field<Option<String>>,
    pub cgsnapshot_id: Field<Option<String>>,
    pub consistencygroup_id: Field<Option<String>>,
    #[object(since = "1.1")]
    pub group_id: Field<Option<String>>,
    pub display_description: Field<Option<String>>,
    pub display_name: Field<Option<String>>,
    pub encryption_key_id: Field<Option<String>>,
    pub metadata: Field<Option<BTreeMap<String, String>>>,
    pub multiattach: Field<Option<bool>>,
    pub project_id: Field<Option<String>>,
    pub qos_specs: Field<Option<BTreeMap<String, String>>>,
    pub replication_status: Field<Option<String>>,
    pub reservations: Field<Option<Vec<String>>>,
    pub size: Field<Option<i64>>,
    pub snapshot_id: Field<Option<String>>,
    pub source_replicaid: Field<Option<String>>,
    pub source_volid: Field<Option<String>>,
    pub status: Field<Option<String>>,
    pub user_id: Field<Option<String>>,
    pub volume_type_id: Field<Option<String>>,
    #[object(since = "1.1")]
    pub group_type_id: Field<Option<String>>,
    #[object(origin)]
    pub origin: Origin,
}
