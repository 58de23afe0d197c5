//! The validated object. Only this can be rendered, so what is wrong never reaches the renderer.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::{Attribute, Data, DeriveInput, Fields, Path, Type};

use super::field::{Field, Scope};
use super::keys::{FieldKeys, ObjectKeys, Unknown};
use super::versions::ObjectVersion;
use crate::errors::Errors;
use crate::model::{Claims, class_name};

/// A struct and the object that its values are.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) name: Ident,
    /// The constant that has the project.
    pub(super) project: Path,
    /// The name on the wire.
    pub(super) class: String,
    pub(super) version: ObjectVersion,
    pub(super) unknown: Unknown,
    /// Whether a dictionary of the fields is read as well.
    pub(super) reads_dictionaries: bool,
    /// What makes older data of the present ones.
    pub(super) downgrade: Option<Path>,
    pub(super) origin: Origin,
    /// The others, as they are declared.
    pub(super) fields: Vec<Field>,
}

/// The field that keeps what the object came with.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) name: Ident,
    pub(super) ty: Type,
}

impl Object {
    /// Validates a struct; without an object, what is wrong is in `errors`.
    pub(super) fn new(item: &DeriveInput, keys: &ObjectKeys, errors: &mut Errors) -> Option<Self> {
        let name = &item.ident;
        if item.generics.lt_token.is_some() {
            errors
                .at(&item.generics, "an object cannot be generic: its class says nothing of type parameters");
        }
        for (key, example) in [("project", "project = CINDER"), ("version", "version = \"1.0\"")] {
            if !keys.keys.saw(key) {
                errors.at(name, format!("{name} needs `{key}`, for example `{example}`"));
            }
        }
        let version = keys.version.as_ref().and_then(|text| ObjectVersion::read(text, errors));
        let class = match &keys.name {
            Some(text) => class_name(text, errors),
            None => name.unraw().to_string(),
        };
        let fields = named_fields(item, errors);
        let scope = Scope { version, names: Claims::default() };
        let (origin, fields) = Self::fields(name, fields?, scope, errors);
        if !errors.is_empty() {
            return None;
        }
        Some(Self {
            name: name.clone(),
            project: keys.project.clone()?,
            class,
            version: version?,
            unknown: keys.unknown.unwrap_or(Unknown::Keep),
            reads_dictionaries: keys.keys.saw("dict"),
            downgrade: keys.downgrade.clone(),
            origin: origin?,
            fields,
        })
    }

    /// The origin and the other fields of the struct `owner`.
    ///
    /// A derive does not see what a `#[cfg]` excludes, so all of them are there.
    fn fields(
        owner: &Ident,
        declared: Vec<Declared<'_>>,
        mut scope: Scope,
        errors: &mut Errors,
    ) -> (Option<Origin>, Vec<Field>) {
        let mut origin: Option<Origin> = None;
        let mut fields = Vec::new();
        for Declared { name, ty, attributes } in declared {
            let keys = FieldKeys::read(attributes, errors);
            let Some(token) = keys.keys.token("origin") else {
                fields.push(Field::new(name, ty, keys, &mut scope, errors));
                continue;
            };
            for key in keys.keys.seen().filter(|key| *key != "origin") {
                errors.at(key, format!("the origin is no field on the wire: it takes no `{key}`"));
            }
            if let Some(first) = &origin {
                let first = &first.name;
                errors.at(token, format!("{first} and {name} are both the origin: an object has one"));
            }
            origin.get_or_insert_with(|| Origin { name: name.clone(), ty: ty.clone() });
        }
        if origin.is_none() {
            errors.at(owner, format!("{owner} needs an origin: `#[object(origin)] origin: Origin`"));
        }
        (origin, fields)
    }
}

/// A field of a struct with a name, as it is declared.
struct Declared<'a> {
    name: &'a Ident,
    ty: &'a Type,
    attributes: &'a [Attribute],
}

/// The fields of a struct that has named ones; nothing of any other item.
fn named_fields<'a>(item: &'a DeriveInput, errors: &mut Errors) -> Option<Vec<Declared<'a>>> {
    const SHAPE: &str = "#[derive(VersionedObject)] goes on a struct with named fields";
    let fields = match &item.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(data) => {
            errors.at(data.enum_token, SHAPE);
            return None;
        }
        Data::Union(data) => {
            errors.at(data.union_token, SHAPE);
            return None;
        }
    };
    let Fields::Named(named) = fields else {
        errors.at(&item.ident, SHAPE);
        return None;
    };
    let declared = named.named.iter().filter_map(|field| {
        let name = field.ident.as_ref()?;
        // It is parsed, as the compiler parses it for what it does not take yet.
        if name == "_" {
            errors.at(name, "a field of an object needs a name");
            return None;
        }
        Some(Declared { name, ty: &field.ty, attributes: &field.attrs })
    });
    Some(declared.collect())
}
