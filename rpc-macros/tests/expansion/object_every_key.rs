/// A volume, with every key.
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(
    project = crate::projects::CINDER,
    version = "1.9.2",
    name = "Volume",
    unknown = drop,
    dict,
    downgrade = without_cluster,
    crate = crate::facade
)]
pub struct CinderVolume {
    pub id: ReadOnly<Uuid>,
    /// Null until it is scheduled.
    pub host: Field<Option<String>>,
    #[object(since = "1.5")]
    pub shared_targets: Field<bool>,
    #[object(was("volume_attachment", until = "1.2"))]
    pub attachments: Field<Option<VolumeAttachmentList>>,
    #[object(until = "1.7")]
    pub consistencygroup_id: Field<Option<Uuid>>,
    #[object(since = "1.3", until = "1.8", was("mode", until = "1.6"), default)]
    pub access_mode: Field<Option<String>>,
    #[object(default = false)]
    pub multiattach: Field<bool>,
    #[object(default = "creating")]
    pub status: Field<String>,
    #[object(name = "source-name")]
    pub source_name: Field<String>,
    pub r#type: Field<String>,
    #[object(origin)]
    pub origin: Origin,
}
