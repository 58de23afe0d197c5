use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{DateTime, Field, Object, Origin};

use super::{Flavor, NOVA};

/// A virtual machine.
#[expect(missing_docs, reason = "the fields are those of nova's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "2.8")]
pub struct Instance {
    pub id: Field<i64>,
    pub user_id: Field<Option<String>>,
    pub project_id: Field<Option<String>>,
    pub image_ref: Field<Option<String>>,
    pub kernel_id: Field<Option<String>>,
    pub ramdisk_id: Field<Option<String>>,
    pub hostname: Field<Option<String>>,
    pub launch_index: Field<Option<i64>>,
    pub key_name: Field<Option<String>>,
    pub key_data: Field<Option<String>>,
    pub power_state: Field<Option<i64>>,
    pub vm_state: Field<Option<String>>,
    pub task_state: Field<Option<String>>,
    #[object(since = "2.1")]
    pub services: Field<Object>,
    pub memory_mb: Field<Option<i64>>,
    pub vcpus: Field<Option<i64>>,
    pub root_gb: Field<Option<i64>>,
    pub ephemeral_gb: Field<Option<i64>>,
    pub ephemeral_key_uuid: Field<Option<String>>,
    pub host: Field<Option<String>>,
    pub node: Field<Option<String>>,
    #[object(since = "2.8")]
    pub compute_id: Field<Option<i64>>,
    pub instance_type_id: Field<Option<i64>>,
    pub user_data: Field<Option<String>>,
    pub reservation_id: Field<Option<String>>,
    pub launched_at: Field<Option<DateTime>>,
    pub terminated_at: Field<Option<DateTime>>,
    pub availability_zone: Field<Option<String>>,
    pub display_name: Field<Option<String>>,
    pub display_description: Field<Option<String>>,
    pub launched_on: Field<Option<String>>,
    #[object(default = false)]
    pub locked: Field<bool>,
    pub locked_by: Field<Option<String>>,
    pub os_type: Field<Option<String>>,
    pub architecture: Field<Option<String>>,
    pub vm_mode: Field<Option<String>>,
    pub uuid: Field<String>,
    pub root_device_name: Field<Option<String>>,
    pub default_ephemeral_device: Field<Option<String>>,
    pub default_swap_device: Field<Option<String>>,
    pub config_drive: Field<Option<String>>,
    pub access_ip_v4: Field<Option<Ipv4Addr>>,
    pub access_ip_v6: Field<Option<Ipv6Addr>>,
    #[object(default = false)]
    pub auto_disk_config: Field<bool>,
    pub progress: Field<Option<i64>>,
    #[object(default = false)]
    pub shutdown_terminate: Field<bool>,
    #[object(default = false)]
    pub disable_terminate: Field<bool>,
    pub cell_name: Field<Option<String>>,
    pub metadata: Field<BTreeMap<String, String>>,
    pub system_metadata: Field<BTreeMap<String, Option<String>>>,
    pub info_cache: Field<Option<Object>>,
    pub security_groups: Field<Object>,
    pub fault: Field<Option<Object>>,
    #[object(default = false)]
    pub cleaned: Field<bool>,
    pub pci_devices: Field<Option<Object>>,
    pub numa_topology: Field<Option<Object>>,
    pub pci_requests: Field<Option<Object>>,
    #[object(since = "2.3")]
    pub device_metadata: Field<Option<Object>>,
    pub tags: Field<Object>,
    pub flavor: Field<Flavor>,
    pub old_flavor: Field<Option<Flavor>>,
    pub new_flavor: Field<Option<Flavor>>,
    pub vcpu_model: Field<Option<Object>>,
    pub ec2_ids: Field<Object>,
    pub migration_context: Field<Option<Object>>,
    #[object(since = "2.2")]
    pub keypairs: Field<Object>,
    #[object(since = "2.4")]
    pub trusted_certs: Field<Option<Object>>,
    #[object(since = "2.6", default = false)]
    pub hidden: Field<bool>,
    #[object(since = "2.7")]
    pub resources: Field<Option<Object>>,
    pub created_at: Field<Option<DateTime>>,
    pub updated_at: Field<Option<DateTime>>,
    pub deleted_at: Field<Option<DateTime>>,
    #[object(default = false)]
    pub deleted: Field<bool>,
    #[object(origin)]
    pub origin: Origin,
}
