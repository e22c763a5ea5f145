# Pictures to be looked at, and those of the guide. CI takes none: what only they need is installed
# here.

# run_mails [WORDS]: into build/mail-pictures; with words, only mails whose names contain them.
run_mails() {
  local package
  for package in thunderbird xvfb; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
      apt_install "$package"
  done
  build_preset release couvertd
  node tests/e2e/pictures/mails.mjs "$@"
}

# run_guide_pictures [LANGUAGE...]: into docs/user/pictures.
run_guide_pictures() {
  build_preset release couvertd
  build_web
  node tests/e2e/pictures/guide.mjs "$@"
}
