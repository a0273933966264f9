# SPDX-License-Identifier: AGPL-3.0-or-later
# The Debian packages that the project needs, and how a script asks for them. Sourced by contrib/start
# and contrib/check.

PACKAGES_BUILD='gcc make autoconf automake pkg-config gettext
    libevent-dev libssl-dev libsqlite3-dev libsodium-dev libcurl4-openssl-dev libicu-dev libcmark-dev
    libinih-dev libmsgpack-dev libjansson-dev zlib1g-dev libzstd-dev libbrotli-dev
    libpango1.0-dev libcairo2-dev librsvg2-dev libgdk-pixbuf-2.0-dev libqpdf-dev libxlsxwriter-dev
    libarchive-dev libqrencode-dev'
PACKAGES_FONTS='fonts-noto-core fonts-noto-cjk fonts-hosny-amiri fonts-symbola'
PACKAGES_CHECK='tmux less libcmocka-dev clang-14 libclang-rt-14-dev clang-format-14 mandoc i18nspector
    poppler-utils qpdf sqlite3 openssl minisign openssh-client openssh-server curl xz-utils chromium firefox-esr default-jre-headless nodejs
    python3 python3-aiosmtpd python3-requests python3-openpyxl python3-jsonschema fonts-dejavu-core zbar-tools'

# packages_need yes|no PACKAGE...: sees that all are installed; with "yes" installs what is missing.
packages_need() {
    local install=$1 missing='' package
    shift
    for package in "$@"; do
        # A newer Node than Debian's serves too.
        if [ "$package" = nodejs ] && command -v node >/dev/null; then continue; fi
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        'install ok installed') ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -z "$missing" ] && return 0
    if [ "$install" = no ]; then
        echo "These Debian packages are missing:$missing" >&2
        return 1
    fi
    local root=''
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || { echo "Install these as root, then try again: apt-get install$missing" >&2; return 1; }
        root=sudo
    fi
    echo "Installing Debian packages:$missing" >&2
    $root apt-get update -qq >&2 &&
        $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
}
