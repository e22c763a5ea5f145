# Crash and fault proof: docs/reliability.md.

# As many of the thousands of faults as 100 s on two cores hold.
crash_sample=${COUVERT_CRASH_SAMPLE:-20}

# run_crash [--ci] [SEED [NAME...]]: --ci tries a sample of the faults, else all are tried.
run_crash() {
  build_preset release couvertd
  node --test tests/crash/checker.test.mjs
  if [ "${1:-}" = --ci ]; then
    shift
    set -- --sample "$crash_sample" "$@"
  fi
  node tests/crash/run.mjs "$@"
}
