# Pictures to be looked at, and those of the guide. CI takes none.

# run_mails [WORDS]: into build/mail-pictures; with words, only mails whose names contain them.
run_mails() {
  build_preset release couvertd
  node tests/e2e/pictures/mails.mjs "$@"
}

# run_guide_pictures [LANGUAGE...]: into docs/user/pictures.
run_guide_pictures() {
  build_preset release couvertd
  build_web
  node tests/e2e/pictures/guide.mjs "$@"
  node tests/e2e/pictures/outlook.mjs "$@"
  node tests/e2e/pictures/thunderbird-guide.mjs "$@"
}
