#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes a Flatpak runtime and SDK from Debian's packages, so that the Flatpak can be built and used
# without a download from anywhere but the mirror that apt is set up with.
#
#   flatpak/make-test-runtime.sh SUITE    such as trixie; prints the folder that holds repo/ and gmime/
#
# The folder is kept in the user's cache, under a name that is made from this file and the suite: what
# goes into the runtime changes only with them. Remove it to take newer packages. Needs root.
set -euo pipefail

suite=$1
platform_id=io.github.wirebench.TestPlatform
sdk_id=io.github.wirebench.TestSdk

# What org.gnome.Platform has of what Wirebench stands on.
platform=(
  libgtk-4-1 libgtk-4-bin libadwaita-1-0 libgtksourceview-5-0 libwebkitgtk-6.0-4 libsoup-3.0-0
  libjson-glib-1.0-0 libxml2-utils libsecret-1-0 libgnutls30t64 glib-networking libglib2.0-bin
  at-spi2-core gsettings-desktop-schemas dconf-gsettings-backend adwaita-icon-theme librsvg2-common
  shared-mime-info fonts-cantarell fonts-dejavu-core fonts-noto-cjk flatpak-xdg-utils ca-certificates
)
# What org.gnome.Sdk has beside that.
sdk=(
  gcc libc6-dev make meson ninja-build pkgconf gettext autoconf automake libtool gtk-doc-tools
  appstream desktop-file-utils binutils elfutils debugedit file patch xz-utils
  libgtk-4-dev libadwaita-1-dev libgtksourceview-5-dev libwebkitgtk-6.0-dev libsoup-3.0-dev
  libjson-glib-dev libxml2-dev libgnutls28-dev libsecret-1-dev libidn2-dev
)

key=$(cat "$0" <(echo "$suite") | sha256sum | cut -c 1-16)
top=${XDG_CACHE_HOME:-$HOME/.cache}/wirebench-flatpak
folder=$top/$suite-$key
if [ -e "$folder/done" ]; then
  echo "$folder"
  exit
fi

# The address of the archive that apt knows whose address ends in $1.
archive () {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' |
    awk -v end="/$1/?\$" '$1 ~ end { print $1; exit }'
}

main=$(archive debian)
[ -n "$main" ] || { echo "apt knows no Debian archive: run apt-get update first" >&2; exit 1; }
keyring=$(cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
  awk -v uri="${main%/}" '/^URIs:/ { sub("/$", "", $2); ours = $2 == uri }
    ours && /^Signed-By: *\// { print $2; exit }')
keyring=${keyring:-/usr/share/keyrings/debian-archive-keyring.gpg}
sources=("deb [signed-by=$keyring] $main $suite main" "deb-src [signed-by=$keyring] $main $suite main")
security=$(archive debian-security)
if [ "$suite" = trixie ] && [ -n "$security" ]; then
  sources+=("deb [signed-by=$keyring] $security $suite-security main")
fi

rm -rf "$top/$suite-"*
mkdir -p "$folder/platform" "$folder/gmime"
export folder
join () { local IFS=,; echo "$*"; }

leave_out=()
for part in doc man locale info lintian; do
  leave_out+=("--dpkgopt=path-exclude=/usr/share/$part/*")
done

# One tree, taken twice: before and after the SDK's packages came into it.
SDK="${sdk[*]}" mmdebstrap --quiet --mode=root --variant=essential \
  --include="$(join "${platform[@]}")" "${leave_out[@]}" --dpkgopt=force-unsafe-io \
  --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
  --skip=cleanup/apt \
  --customize-hook='cp -a "$1/usr" "$1/etc" "$folder/platform/"' \
  --customize-hook='APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -y -qq --no-install-recommends -oDPkg::Chroot-Directory="$1" -oDpkg::Use-Pty=0 install $SDK >&2' \
  --customize-hook='cd "$folder/gmime" && APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -qq -oAPT::Sandbox::User=root source --download-only gmime >&2' \
  "$suite" "$folder/sdk" "${sources[@]}" >"$folder/trees.log" 2>&1 ||
  { tail -n 20 "$folder/trees.log" >&2; exit 1; }

# Flatpak wants usr/ as files/, with etc/ in it.
lay_out () {
  local tree=$folder/$1 id=$2 out=$folder/out files=$folder/out/files tool

  rm -rf "$out"
  mkdir "$out"
  mv "$tree/usr" "$files"
  mv "$tree/etc" "$files/etc"
  rm -rf "$files"/{games,src,local} "$files"/lib/{systemd,udev} \
    "$files"/etc/{shadow,gshadow,shadow-,gshadow-,passwd-,group-,hostname,resolv.conf,mtab,machine-id,fstab,apt,systemd,init.d,pam.d}
  # Without these flatpak cannot refresh the linker's cache, and WebKit runs its processes in no sandbox
  # of their own.
  ln -sf ../sbin/ldconfig "$files/bin/ldconfig"
  for tool in flatpak-spawn xdg-open xdg-email; do
    ln -sf ../libexec/flatpak-xdg-utils/$tool "$files/bin/$tool"
  done
  printf '%s\n' 'include /run/flatpak/ld.so.conf.d/app-*.conf' /app/lib \
    'include /run/flatpak/ld.so.conf.d/runtime-*.conf' /usr/lib/x86_64-linux-gnu >"$files/etc/ld.so.conf"
  cat >"$out/metadata" <<END
[Runtime]
name=$id
runtime=$platform_id/x86_64/$suite
sdk=$sdk_id/x86_64/$suite
END
  flatpak build-export --runtime --files=files --disable-sandbox "$folder/repo" "$out" "$suite" \
    >>"$folder/trees.log" 2>&1
  rm -rf "$out" "$tree"
}

# This mode is the one that installs in seconds.
ostree init --mode=bare-user-only --repo="$folder/repo"
lay_out platform $platform_id
lay_out sdk $sdk_id
touch "$folder/done"
echo "$folder"
