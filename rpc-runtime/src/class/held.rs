//! Which types hold objects.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;
use std::marker::PhantomData;
use std::sync::Arc;

use super::description::{HeldObject, ObjectClass};

/// A type that is an object, or holds some: an option, a list or a dictionary of them.
///
/// Derived with `VersionedObject`. Implement it for containers of your own, so that descriptions know the objects in them
/// and a change of one counts as a change of what holds it.
pub trait HoldsObjects {
    /// The class of the objects.
    fn class() -> &'static ObjectClass;
}

macro_rules! holds {
    ($($(#[$meta:meta])* [$($generics:tt)*] $ty:ty,)*) => {
        $($(#[$meta])* impl<T: HoldsObjects, $($generics)*> HoldsObjects for $ty {
            fn class() -> &'static ObjectClass {
                T::class()
            }
        })*
    };
}

holds! {
    [] Option<T>,
    [] Vec<T>,
    [] Box<T>,
    [] Arc<T>,
    [const N: usize] [T; N],
    [] BTreeSet<T>,
    [S: BuildHasher] HashSet<T, S>,
    [K] BTreeMap<K, T>,
    [K, S: BuildHasher] HashMap<K, T, S>,
}

/// Tells whether the type `T` holds objects, for generated code: `Of::<T>::OBJECT` is a constant of this type where `T`
/// does, and else one of the trait [`NotAnObject`].
#[derive(Debug)]
pub struct Of<T: ?Sized>(PhantomData<T>);

impl<T: HoldsObjects> Of<T> {
    /// The class.
    pub const OBJECT: HeldObject = Some(T::class);
}

/// What stands in where a type holds no objects.
pub trait NotAnObject {
    /// None.
    const OBJECT: HeldObject = None;
}

impl<T: ?Sized> NotAnObject for Of<T> {}
