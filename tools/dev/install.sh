# Packages of Debian and npm: installs what is missing, does nothing where nothing is.

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# missing_packages: the packages of apt.txt that dpkg does not know as installed.
missing_packages() {
  local wanted
  wanted=$(sed 's/#.*//' apt.txt | tr -s ' \t' '\n' | sed '/^$/d' | sort -u)
  command -v npm >/dev/null || wanted+=$'\nnpm'
  # shellcheck disable=SC2016,SC2086
  comm -23 <(sort -u <<<"$wanted") \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
      sed -n 's/^installed //p' | sort -u)
}

# The mail servers are for the tests, which start them with a configuration of their own: a
# package must not start a daemon by being installed.
without_daemons() {
  local policy=/usr/sbin/policy-rc.d status=0
  if [ -e $policy ]; then "$@"; return; fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
  as_root chmod 755 $policy
  "$@" || status=$?
  as_root rm -f $policy
  return $status
}

apt_install() {
  echo "installing: $*"
  as_root apt-get update -q -o DPkg::Lock::Timeout=900
  without_daemons as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
    --no-install-recommends -o DPkg::Lock::Timeout=900 "$@"
}

# npm_install FOLDER: npm ci, only where the lock file is not the one last installed from.
npm_install() {
  local mark=$1/node_modules/.installed-from
  cmp -s "$1/package-lock.json" "$mark" && return
  (cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
  cp "$1/package-lock.json" "$mark"
}

install_all() {
  mkdir -p .cache/logs
  exec 9>.cache/install.lock
  flock 9
  local missing
  missing=$(missing_packages)
  # shellcheck disable=SC2086
  [ -z "$missing" ] || apt_install $missing
  npm_install tools/node  # by Debian's npm; everything after it by the pinned one
  npm_install .
  exec 9>&-
}
