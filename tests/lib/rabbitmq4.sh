#!/usr/bin/env bash
# RabbitMQ 4 for a Debian that has an older one: it is taken from Debian 13, whose Erlang needs a newer C library, so it
# runs with a /usr of its own. Nothing of the system's packages changes.
#
#   rabbitmq4.sh DIR     makes DIR; DIR/bin/rabbitmq-server is what runs it
#
# This script itself is copied there last: its copy says that all of DIR was made, and by this very recipe.
set -euo pipefail
SUITE=trixie
KEYS=/usr/share/keyrings/debian-archive-keyring.gpg

fail() {
    echo "RabbitMQ 4: $*" >&2
    exit 1
}

# How a program is run with another /usr: whoever is not root is, in a namespace of users of his own.
if [ "$(id -u)" -eq 0 ]; then apart=(unshare --mount); else apart=(unshare --map-root-user --mount); fi

# What this machine must be like, before anything is fetched.
[ /bin -ef /usr/bin ] || fail "it needs a system whose /bin is /usr/bin, as in Debian since 12"
[ -e "$KEYS" ] || fail "there is no $KEYS, by which to know what is of Debian (debian-archive-keyring)"
"${apart[@]}" mount --bind /usr /usr ||
    fail "it runs with a /usr of its own, which is for root, or for users who may make namespaces (${apart[*]})"

mkdir -p "$1"
dir=$(realpath "$1")
apt=$dir/apt
mkdir -p "$apt"/{lists/partial,archives/partial} "$dir/root"/usr/{bin,sbin,lib,lib64} "$dir/bin"
touch "$apt/status"

# From where this machine has its own Debian, with its own settings of apt but those about which version to prefer.
mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    sed -n 's/^Debian //p' | head -n 1) || true
cat >"$apt/$SUITE.sources" <<SOURCES
Types: deb
URIs: ${mirror:-http://deb.debian.org/debian}
Suites: $SUITE $SUITE-updates
Components: main
Signed-By: $KEYS
SOURCES
apt() {
    apt-get -qq -o Dir::State="$apt" -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status" \
        -o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives" -o Dir::Etc::sourcelist="$apt/$SUITE.sources" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any "$@"
}
apt update || fail "${mirror:-deb.debian.org} does not tell what $SUITE has"
# With what its scripts run, which every system is taken to have.
apt install --yes --no-install-recommends --download-only rabbitmq-server bash coreutils dash findutils gawk grep \
    hostname libc-bin sed util-linux >/dev/null || fail "${mirror:-deb.debian.org} does not have all of it"

for part in bin sbin lib lib64; do ln -sfn "usr/$part" "$dir/root/$part"; done
for package in "$apt"/archives/*.deb; do dpkg-deb --extract "$package" "$dir/root"; done
rm -rf "$apt"
compgen -G "$dir/root/usr/lib/rabbitmq/lib/rabbitmq_server-4.*" >/dev/null || fail "$SUITE has another one"

cat >"$dir/bin/rabbitmq-server" <<SERVER
#!/bin/sh
root=\$(realpath "\$(dirname "\$0")/../root")
exec ${apart[*]} sh -c 'mount --bind "\$0/usr" /usr && exec /usr/lib/rabbitmq/bin/rabbitmq-server "\$@"' "\$root" "\$@"
SERVER
chmod +x "$dir/bin/rabbitmq-server"
cp "${BASH_SOURCE[0]}" "$dir/"
