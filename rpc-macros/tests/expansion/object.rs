/// A tag, with no more keys than an object needs.
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = NOVA, version = "1.1")]
pub struct Tag {
    pub resource_id: Field<String>,
    pub tag: Field<String>,
    #[object(origin)]
    pub origin: Origin,
}
