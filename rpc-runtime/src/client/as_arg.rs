//! The forms in which callers give lists and what may be absent.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

/// What a caller gives for an argument that is a list or may be absent, without cloning it.
///
/// `F` is the form that it is lent in: `[T]` of a `Vec<T>`, [`OptionOf<T>`](OptionOf) of an `Option<T>`, with
/// `OptionOf<str>` of an `Option<String>` and `OptionOf<[T]>` of an `Option<Vec<T>>`, and `Option<u32>` of a number, a
/// `bool` or a `char` that may be absent.
///
/// | Argument | What is given |
/// |---|---|
/// | `Vec<T>` | a `Vec`, an array or a slice of `T`, by value or borrowed |
/// | `Option<T>` | `value`, `&value`, `Some(&value)`, `&option`, `option.as_ref()`, `None` |
/// | `Option<String>` | `"text"`, `&text`, `Some("text")`, `&option`, `option.as_deref()`, `None` |
/// | `Option<Vec<T>>` | `&list`, an array, `Some(&list[..])`, `&option`, `option.as_deref()`, `None` |
/// | `Option<u32>` and the like | `7`, `Some(7)`, `option`, `&option`, `None` |
///
/// What is there needs no `Some`. An owned `Option<T>` is no form of it, or `None` alone would be of no type: it is
/// given as `&option`.
///
/// `#[rpc_manager]` has an example. Code that hands such arguments on takes the same form:
///
/// ```
/// use rpc_runtime::{AsArg, Context, OptionOf, RemoteError, RpcError, rpc_manager};
///
/// #[rpc_manager(client = ComputeApi, topic = "compute", version = "1.0")]
/// pub trait ComputeManager {
///     #[rpc(cast)]
///     async fn build(&self, ctx: Context, hosts: Vec<String>, zone: Option<String>) -> Result<(), RemoteError>;
/// }
///
/// pub async fn build(
///     api: &ComputeApi,
///     hosts: impl AsArg<[String]>,
///     zone: impl AsArg<OptionOf<str>>,
/// ) -> Result<(), RpcError> {
///     api.build(&Context::request(), hosts, zone).await
/// }
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "a client cannot give `{Self}` for an argument that is lent as `{F}`",
    label = "give it in one of the forms below",
    note = "an `Option<T>` is given as `value`, `&value`, `Some(&value)`, `&option` or `None`; of a `String` as `\"text\"`, \
            `&text`, `Some(\"text\")`, `option.as_deref()`; of a `Vec` as `&list`, `option.as_deref()`; of a number as it is",
    note = "a `Vec<T>` is given as a `Vec`, an array or a slice of `T`"
)]
pub trait AsArg<F: ArgForm + ?Sized> {
    /// The value, borrowed.
    fn as_arg(&self) -> F::Lent<'_>;
}

/// A form in which clients lend an argument to what encodes it: see [`AsArg`].
pub trait ArgForm {
    /// The value in that form.
    type Lent<'a>
    where
        Self: 'a;
}

/// The form of an argument that may be absent: an `Option<&T>`.
#[derive(Debug)]
pub struct OptionOf<T: ?Sized>(PhantomData<T>);

impl<T> ArgForm for [T] {
    type Lent<'a>
        = &'a [T]
    where
        T: 'a;
}

impl<T: ?Sized> ArgForm for OptionOf<T> {
    type Lent<'a>
        = Option<&'a T>
    where
        T: 'a;
}

/// What an argument is made of where no caller gives it: expressions of the interface, whose types are known, so that
/// an owned `Option` is one of them.
#[diagnostic::on_unimplemented(
    message = "a value of `{Self}` cannot be sent for an argument that is lent as `{F}`",
    label = "the argument is of another type"
)]
pub trait Lend<F: ArgForm + ?Sized> {
    /// The value, borrowed.
    fn lend(&self) -> F::Lent<'_>;
}

impl<F: ArgForm + ?Sized, P: AsArg<F>> Lend<F> for P {
    fn lend(&self) -> F::Lent<'_> {
        self.as_arg()
    }
}

impl<T> Lend<OptionOf<T>> for Option<T> {
    fn lend(&self) -> Option<&T> {
        self.as_ref()
    }
}

impl Lend<OptionOf<str>> for Option<String> {
    fn lend(&self) -> Option<&str> {
        self.as_deref()
    }
}

impl<T> Lend<OptionOf<[T]>> for Option<Vec<T>> {
    fn lend(&self) -> Option<&[T]> {
        self.as_deref()
    }
}

// Lists.

impl<T, P: AsArg<[T]> + ?Sized> AsArg<[T]> for &P {
    fn as_arg(&self) -> &[T] {
        (**self).as_arg()
    }
}

impl<T> AsArg<[T]> for [T] {
    fn as_arg(&self) -> &[T] {
        self
    }
}

impl<T: Clone> AsArg<[T]> for Cow<'_, [T]> {
    fn as_arg(&self) -> &[T] {
        self
    }
}

/// Types that are lists, given for an argument that may be absent as well.
macro_rules! lists {
    ($($list:ty $(, $length:ident)?;)*) => {$(
        impl<T $(, const $length: usize)?> AsArg<[T]> for $list {
            fn as_arg(&self) -> &[T] {
                self
            }
        }

        impl<T $(, const $length: usize)?> AsArg<OptionOf<[T]>> for $list {
            fn as_arg(&self) -> Option<&[T]> {
                Some(self)
            }
        }

        impl<T $(, const $length: usize)?> AsArg<OptionOf<[T]>> for &$list {
            fn as_arg(&self) -> Option<&[T]> {
                Some(*self)
            }
        }
    )*};
}

lists! { Vec<T>; Box<Vec<T>>; Rc<Vec<T>>; Arc<Vec<T>>; [T; N], N; }

impl<T> AsArg<[T]> for Box<[T]> {
    fn as_arg(&self) -> &[T] {
        self
    }
}

impl<T> AsArg<[T]> for Rc<[T]> {
    fn as_arg(&self) -> &[T] {
        self
    }
}

impl<T> AsArg<[T]> for Arc<[T]> {
    fn as_arg(&self) -> &[T] {
        self
    }
}

impl<T> AsArg<OptionOf<[T]>> for &Option<Vec<T>> {
    fn as_arg(&self) -> Option<&[T]> {
        self.as_deref()
    }
}

// Text that may be absent.

macro_rules! texts {
    ($($text:ty),*) => {$(
        impl AsArg<OptionOf<str>> for $text {
            fn as_arg(&self) -> Option<&str> {
                Some(self)
            }
        }
    )*};
}

texts!(String, &String, &&str, Cow<'_, str>, &Cow<'_, str>);

impl AsArg<OptionOf<str>> for &Option<String> {
    fn as_arg(&self) -> Option<&str> {
        self.as_deref()
    }
}

// Whatever else may be absent. Of all that is an `Option`, only one is here, so that `None` has a type.

impl<T: ?Sized> AsArg<OptionOf<T>> for Option<&T> {
    fn as_arg(&self) -> Option<&T> {
        *self
    }
}

impl<T> AsArg<OptionOf<T>> for &Option<T> {
    fn as_arg(&self) -> Option<&T> {
        self.as_ref()
    }
}

impl<T> AsArg<OptionOf<T>> for T {
    fn as_arg(&self) -> Option<&T> {
        Some(self)
    }
}

impl<T: ?Sized> AsArg<OptionOf<T>> for &T {
    fn as_arg(&self) -> Option<&T> {
        Some(self)
    }
}

/// Pointers to it.
macro_rules! pointers {
    ($($pointer:ident),*) => {$(
        impl<T: ?Sized> AsArg<OptionOf<T>> for $pointer<T> {
            fn as_arg(&self) -> Option<&T> {
                Some(self)
            }
        }

        impl<T: ?Sized> AsArg<OptionOf<T>> for &$pointer<T> {
            fn as_arg(&self) -> Option<&T> {
                Some(self)
            }
        }
    )*};
}

pointers!(Box, Rc, Arc);

// Numbers, which are given by value.

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl ArgForm for Option<$number> {
            type Lent<'a> = Self;
        }

        impl AsArg<Option<$number>> for Option<$number> {
            fn as_arg(&self) -> Self {
                *self
            }
        }

        impl AsArg<Option<$number>> for &Option<$number> {
            fn as_arg(&self) -> Option<$number> {
                **self
            }
        }

        impl AsArg<Option<$number>> for $number {
            fn as_arg(&self) -> Option<$number> {
                Some(*self)
            }
        }

        impl AsArg<Option<$number>> for &$number {
            fn as_arg(&self) -> Option<$number> {
                Some(**self)
            }
        }
    )*};
}

numbers!(bool, char, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64);

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Spec(u8);

    // What a client method gets of each, in a value of its own.

    fn list(given: impl AsArg<[u8]>) -> Vec<u8> {
        given.as_arg().to_vec()
    }

    fn maybe_list(given: impl AsArg<OptionOf<[u8]>>) -> Option<Vec<u8>> {
        given.as_arg().map(<[u8]>::to_vec)
    }

    fn maybe_text(given: impl AsArg<OptionOf<str>>) -> Option<String> {
        given.as_arg().map(str::to_owned)
    }

    fn maybe_spec(given: impl AsArg<OptionOf<Spec>>) -> Option<Spec> {
        given.as_arg().cloned()
    }

    fn maybe_number(given: impl AsArg<Option<u32>>) -> Option<u32> {
        given.as_arg()
    }

    /// Each form, given to that method, is this.
    macro_rules! all_are {
        ($expected:expr, $method:ident of $($given:expr),* $(,)?) => {$(
            assert_eq!($method($given), $expected, "{}", stringify!($given));
        )*};
    }

    #[test]
    fn lists() {
        let given = vec![1, 2];
        let slice = &given[..];
        all_are!([1, 2], list of given.clone(), &given, &&given, [1, 2], &[1, 2], slice, &slice);
        all_are!([1, 2], list of Cow::Borrowed(slice), &Cow::Borrowed(slice), Cow::<[u8]>::Owned(given.clone()));
        all_are!([1, 2], list of Box::new(given.clone()), Rc::new(given.clone()), &Arc::new(given.clone()));
        all_are!([1, 2], list of Box::<[u8]>::from(slice), Rc::<[u8]>::from(slice), &Arc::<[u8]>::from(slice));
        all_are!([0; 0], list of [], Vec::new(), &[]);
    }

    #[test]
    fn lists_that_may_be_absent() {
        let given = vec![1, 2];
        let (slice, option) = (&given[..], Some(given.clone()));
        let there = Some(vec![1, 2]);
        all_are!(there, maybe_list of given.clone(), &given, [1, 2], &[1, 2], slice, Some(slice));
        all_are!(there, maybe_list of &option, option.as_deref());
        all_are!(there, maybe_list of Box::new(given.clone()), &Rc::new(given.clone()), Arc::new(given.clone()));
        all_are!(there, maybe_list of Box::<[u8]>::from(slice), &Arc::<[u8]>::from(slice));
        all_are!(None, maybe_list of None, &None::<Vec<u8>>);
        all_are!(Some(Vec::new()), maybe_list of [], &Some(Vec::new()));
    }

    #[test]
    fn texts_that_may_be_absent() {
        let given = "text".to_owned();
        let (text, option) = (given.as_str(), Some(given.clone()));
        let there = Some("text".to_owned());
        all_are!(there, maybe_text of "text", &"text", given.clone(), &given, Some("text"), Some(&*given));
        all_are!(there, maybe_text of &option, option.as_deref(), Cow::from(text), &Cow::from(text));
        all_are!(there, maybe_text of Box::<str>::from(text), &Rc::<str>::from(text), Arc::<str>::from(text));
        all_are!(None, maybe_text of None, &None::<String>);
        all_are!(Some(String::new()), maybe_text of "", &Some(String::new()));
    }

    #[test]
    fn values_that_may_be_absent() {
        let given = Spec(7);
        let option = Some(given.clone());
        all_are!(option, maybe_spec of given.clone(), &given, Some(&given), &option, option.as_ref());
        all_are!(option, maybe_spec of Box::new(given.clone()), &Rc::new(given.clone()), Arc::new(given.clone()));
        all_are!(None, maybe_spec of None, &None::<Spec>);
    }

    #[test]
    fn numbers_that_may_be_absent() {
        let option = Some(7);
        all_are!(Some(7), maybe_number of 7, &7, Some(7), option, &option);
        all_are!(None, maybe_number of None, &None);
    }

    #[test]
    fn what_interfaces_lend() {
        let (text, list, spec) = (Some("text".to_owned()), Some(vec![1, 2]), Some(Spec(7)));
        assert_eq!(Lend::<OptionOf<str>>::lend(&text), Some("text"));
        assert_eq!(Lend::<OptionOf<[u8]>>::lend(&list), Some(&[1, 2][..]));
        assert_eq!(Lend::<OptionOf<Spec>>::lend(&spec), Some(&Spec(7)));
        assert_eq!(Lend::<[u8]>::lend(&vec![1, 2]), [1, 2]);
        assert_eq!(Lend::<OptionOf<str>>::lend(&"text"), Some("text"));
        assert_eq!(Lend::<OptionOf<str>>::lend(&None::<String>), None);
    }
}
