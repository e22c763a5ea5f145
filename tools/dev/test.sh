# All tests: C++ units, vectors, fuzzers, TypeScript, end to end.

fuzz_seconds=${COUVERT_FUZZ_SECONDS:-1}

# run_tests [WORDS...]: with words, only the cases whose names contain them as they stand.
run_tests() {
  local words=$* failed_before=$stages_failed
  stage build-debug build_preset debug
  stage build-release build_preset release
  stage build-web build_web
  [ "$stages_failed" -eq "$failed_before" ] || return 0  # nothing to test; the summary is red
  if [ "$words" = thunderbird-large ]; then  # gigabytes are not for every run
    stage thunderbird-large node tests/e2e/thunderbird-large.mjs
    return 0
  fi
  stage unit test_units "$words"
  if [ -z "$words" ]; then
    stage tools /usr/bin/python3 -W error -m unittest discover -s tools -p '*_test.py'
    stage coroutines tools/coroutines build/release/couvertd
    stage vectors /usr/bin/python3 tests/vectors/make.py --check
    stage hpke node tests/hpke_cross.mjs
    stage fuzz tools/fuzz --all "$fuzz_seconds"
    stage fuzz-planted tests/fuzz_planted.py
    stage crash run_crash --ci
  fi
  stage typescript vitest run ${words:+-t "$words"}
  stage end-to-end test_end_to_end "$words"
}

test_units() {
  if [ -z "$1" ]; then
    local status=0
    ctest --preset debug --parallel "$(nproc)" || status=$?
    grep -h '\[doctest\] test cases:' build/debug/Testing/Temporary/LastTest.log
    return $status
  fi
  local program failed=0
  for program in build/debug/*_test; do
    "$program" --test-case="*$1*" || failed=1
  done
  return $failed
}

test_end_to_end() {
  build_preset release couvertd_lying
  node tests/e2e/run.mjs "$1"
}
