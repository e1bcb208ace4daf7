#!/usr/bin/env bash
# What pip can't install: Java 21 or later for the engines, Chromium for the browser test.
# As root on Debian or Ubuntu it installs them; else it prints what to install. Finding them already there is the usual case.
set -u

has_java() {
    local home version
    for home in "${ES_JAVA_HOME:-}" "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v java || echo /x/y/z)")")")" \
        /usr/lib/jvm/* /usr/java/* /opt/* /opt/java/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
        [ -x "$home/bin/java" ] && [ -f "$home/release" ] || continue
        version=$(sed -nE 's/^JAVA_VERSION="(1\.)?([0-9]+).*/\2/p' "$home/release")
        [ "${version:-0}" -ge 21 ] && return 0
    done
    return 1
}

has_chromium() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
} >/dev/null 2>&1

apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    echo "Installing $* (apt-get)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return 0
    apt-get update -qq >/dev/null 2>&1
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}

for wanted in "$@"; do
    case "$wanted" in
    java)
        # where no package has it, `dateline local up` fetches one by itself, or prints what to do
        has_java || apt_install openjdk-25-jdk-headless || apt_install openjdk-21-jdk-headless || true
        ;;
    chromium)
        has_chromium || apt_install chromium || {
            echo "The browser test needs Chromium: install the package chromium (Debian, Fedora) or chromium-browser (Ubuntu)."
            exit 1
        }
        ;;
    esac
done
exit 0
