# Crash and fault proof: docs/reliability.md.

# As many of the thousands of faults as half a minute on two cores holds.
crash_sample=${COUVERT_CRASH_SAMPLE:-5}

# run_crash [--ci] [SEED [NAME...]]: --ci tries a sample of the faults; without any word all are
# tried, and all damage and crashes of the unit tests before.
run_crash() {
  build_preset release couvertd
  node --test tests/crash/checker.test.mjs
  if [ "${1:-}" = --ci ]; then
    shift
    set -- --sample "$crash_sample" "$@"
  elif [ $# -eq 0 ]; then
    build_preset debug service_test
    COUVERT_ROUNDS=${COUVERT_ROUNDS:-1} build/debug/service_test
  fi
  node tests/crash/run.mjs "$@"
}
