//! A versioned object as an argument, against plain types of serde whose text is the same.

use std::collections::BTreeMap;
use std::hint::black_box;

use bytes::Bytes;
use rpc_runtime::object::{Field, Origin, Project};
use rpc_runtime::wire::{Content, Fields, Limits, Request, RequestHead};
use rpc_runtime::{Version, VersionedObject};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::cases::{Case, Result};

const CINDER: Project = Project::new("cinder");

macro_rules! both {
    ($class:ident $version:literal { $($field:ident: $ty:ty,)* }) => {
        #[derive(Debug, Clone, Default, VersionedObject)]
        #[object(project = CINDER, version = $version)]
        struct $class {
            $($field: Field<$ty>,)*
            #[object(origin)]
            origin: Origin,
        }
    };
    (plain $class:ident { $($field:ident: $ty:ty,)* }) => {
        #[derive(Debug, Clone, Serialize, Deserialize)]
        struct $class {
            $($field: $ty,)*
        }
    };
}

both! {
    Attachment "1.3" {
        id: String,
        volume_id: String,
        instance_uuid: Option<String>,
        attached_host: Option<String>,
        mountpoint: Option<String>,
        attach_mode: Option<String>,
    }
}

both! {
    AttachmentList "1.1" {
        objects: Vec<Attachment>,
    }
}

both! {
    Volume "1.9" {
        id: String,
        user_id: Option<String>,
        project_id: Option<String>,
        use_quota: bool,
        snapshot_id: Option<String>,
        host: Option<String>,
        size: Option<u64>,
        availability_zone: Option<String>,
        status: Option<String>,
        display_name: Option<String>,
        display_description: Option<String>,
        volume_type_id: Option<String>,
        bootable: Option<bool>,
        metadata: Option<BTreeMap<String, String>>,
        attachments: Option<AttachmentList>,
        shared_targets: Option<bool>,
    }
}

/// The same as a plain type: the keys of an object around the fields.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Plain<T> {
    #[serde(rename = "versioned_object.name")]
    name: String,
    #[serde(rename = "versioned_object.namespace")]
    namespace: String,
    #[serde(rename = "versioned_object.version")]
    version: String,
    #[serde(rename = "versioned_object.data")]
    data: T,
}

both! {
    plain PlainAttachment {
        id: String,
        volume_id: String,
        instance_uuid: Option<String>,
        attached_host: Option<String>,
        mountpoint: Option<String>,
        attach_mode: Option<String>,
    }
}

both! {
    plain PlainAttachments {
        objects: Vec<Plain<PlainAttachment>>,
    }
}

both! {
    plain PlainVolume {
        id: String,
        user_id: Option<String>,
        project_id: Option<String>,
        use_quota: bool,
        snapshot_id: Option<String>,
        host: Option<String>,
        size: Option<u64>,
        availability_zone: Option<String>,
        status: Option<String>,
        display_name: Option<String>,
        display_description: Option<String>,
        volume_type_id: Option<String>,
        bootable: Option<bool>,
        metadata: Option<BTreeMap<String, String>>,
        attachments: Option<Plain<PlainAttachments>>,
        shared_targets: Option<bool>,
    }
}

fn volume() -> Volume {
    let text = |text: &str| Field::loaded(Some(text.to_owned()));
    let attachment = Attachment {
        id: Field::loaded("0f9e7a2c-4d1b-4c53-9b8a-6e1d2f3a4b5c".to_owned()),
        volume_id: Field::loaded("7c1d9a52-83f4-4f0e-a6d7-1b2c3d4e5f60".to_owned()),
        instance_uuid: text("d3b07384-d9a0-4c9b-8f3e-0a1b2c3d4e5f"),
        attached_host: text("compute1.example.org"),
        mountpoint: text("/dev/vdb"),
        attach_mode: text("rw"),
        origin: Origin::default(),
    };
    let attachments =
        AttachmentList { objects: Field::loaded(vec![attachment.clone(), attachment]), ..Default::default() };
    Volume {
        id: Field::loaded("7c1d9a52-83f4-4f0e-a6d7-1b2c3d4e5f60".to_owned()),
        user_id: text("9c2b4f0e1d3a4b5c8e7f60718293a4b5"),
        project_id: text("1a2b3c4d5e6f708192a3b4c5d6e7f809"),
        use_quota: Field::loaded(true),
        snapshot_id: Field::loaded(None),
        host: text("host1.example.org@lvm#pool"),
        size: Field::loaded(Some(100)),
        availability_zone: text("nova"),
        status: text("in-use"),
        display_name: text("a volume of somebody's"),
        display_description: Field::loaded(None),
        volume_type_id: text("b2a1c0d9-e8f7-4655-a443-322110ffeedd"),
        bootable: Field::loaded(Some(false)),
        metadata: Field::loaded(Some(BTreeMap::from([("readonly".to_owned(), "False".to_owned())]))),
        attachments: Field::loaded(Some(attachments)),
        shared_targets: Field::loaded(Some(true)),
        origin: Origin::default(),
    }
}

fn encode<T: Serialize>(volume: &T) -> Result<Bytes> {
    let mut args = Fields::new();
    args.set("volume", volume)?;
    Ok(RequestHead::new("create_volume", "id").with_version(Version::new(3, 0)).encode(&args, &Fields::new()))
}

fn decode<T: DeserializeOwned>(body: &Bytes) -> Result<T> {
    let request = Request::decode(body, &Content::JSON, &Limits::default())?;
    Ok(request.invocation?.args.decode("volume").ok_or("no volume")??)
}

/// Both directions, both through `wire`.
pub(crate) fn all() -> Result<[Case; 2]> {
    let object = volume();
    let body = encode(&object)?;
    let plain: Plain<PlainVolume> = decode(&body)?;
    if encode(&plain)? != body {
        return Err("the plain types have another text".into());
    }
    let same = body.clone();
    Ok([
        Case {
            name: "encode object".to_owned(),
            wire: Box::new(move || drop(black_box(encode(black_box(&object))))),
            serde_json: Box::new(move || drop(black_box(encode(black_box(&plain))))),
        },
        Case {
            name: "decode object".to_owned(),
            wire: Box::new(move || drop(black_box(decode::<Volume>(black_box(&body))))),
            serde_json: Box::new(move || drop(black_box(decode::<Plain<PlainVolume>>(black_box(&same))))),
        },
    ])
}
