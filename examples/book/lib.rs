//! The code of the book: each chapter is the documentation of a module, so that `cargo test --doc` compiles and runs its
//! examples. `mdbook build examples/book` renders it.

// Documentation links to items, the book to chapters.
#[cfg(doctest)]
mod chapters {
    macro_rules! chapters {
        ($($name:ident = $file:literal;)*) => {
            $(#[doc = include_str!($file)] mod $name {})*
        };
    }

    chapters! {
        introduction = "src/introduction.md";
        concepts = "src/concepts.md";
        first_service = "src/first-service.md";
        versions = "src/versions.md";
        python = "src/python.md";
        joining = "src/joining.md";
        options = "src/options.md";
        buses = "src/buses.md";
        running_a_service = "src/service.md";
        objects = "src/objects.md";
        notifications = "src/notifications.md";
        operations = "src/operations.md";
        testing = "src/testing.md";
        how_the_macro_is_made = "src/macro.md";
    }
}
