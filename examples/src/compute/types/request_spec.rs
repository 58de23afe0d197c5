use std::collections::BTreeMap;

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Object, Origin};

use super::{Flavor, NOVA};

/// What the scheduler was asked for.
#[expect(missing_docs, reason = "the fields are those of nova's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.15")]
pub struct RequestSpec {
    pub id: Field<i64>,
    pub image: Field<Option<Object>>,
    pub numa_topology: Field<Option<Object>>,
    pub pci_requests: Field<Option<Object>>,
    pub project_id: Field<Option<String>>,
    #[object(since = "1.9")]
    pub user_id: Field<Option<String>>,
    pub availability_zone: Field<Option<String>>,
    pub flavor: Field<Flavor>,
    #[object(default = 1)]
    pub num_instances: Field<i64>,
    pub ignore_hosts: Field<Option<Vec<String>>>,
    pub force_hosts: Field<Option<Vec<String>>>,
    pub force_nodes: Field<Option<Vec<String>>>,
    #[object(since = "1.6")]
    pub requested_destination: Field<Option<Object>>,
    pub retry: Field<Option<Object>>,
    pub limits: Field<Option<Object>>,
    pub instance_group: Field<Option<Object>>,
    pub scheduler_hints: Field<Option<BTreeMap<String, Vec<String>>>>,
    pub instance_uuid: Field<String>,
    #[object(since = "1.8")]
    pub security_groups: Field<Object>,
    #[object(since = "1.10")]
    pub network_metadata: Field<Object>,
    #[object(since = "1.11")]
    pub is_bfv: Field<bool>,
    #[object(since = "1.12")]
    pub requested_resources: Field<Option<Vec<Object>>>,
    #[object(since = "1.13")]
    pub request_level_params: Field<Object>,
    #[object(since = "1.14")]
    pub requested_networks: Field<Object>,
    #[object(origin)]
    pub origin: Origin,
}
