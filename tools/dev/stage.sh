# Stages: each prints its name and its seconds, and its log is counted at the end.

logs=.cache/logs
stage_lines=()
stage_logs=()
stages_failed=0
broken_stages=0

# stage NAME COMMAND...: runs it with its output shown and kept. A stage that fails does not end
# the run: the summary names it.
stage() {
  local name=$1 log=$logs/$1.log begin=$EPOCHREALTIME status seconds word=ok
  shift
  printf '\n== %s\n' "$name"
  set +e
  (
    set -e
    "$@"
  ) 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  set -e
  seconds=$(awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
  if [ "$status" -ne 0 ]; then
    word=FAILED
    echo "== $name FAILED after $seconds s"
    stages_failed=$((stages_failed + 1))
    # A stage that broke without a failed case (a crash, a compiler error) still counts as one.
    [ "$(count_tests failed "$log")" -gt 0 ] || broken_stages=$((broken_stages + 1))
  else
    echo "== $name ok, $seconds s"
  fi
  stage_lines+=("$(printf '%8s s  %-6s %s' "$seconds" "$word" "$name")")
  stage_logs+=("$log")
}

# count_tests passed|failed LOG...: what the runners in these logs said.
count_tests() {
  local which=$1
  shift
  awk -v which="$which" -f tools/dev/count.awk "$@"
}

stage_summary() {
  printf '\n== summary\n'
  printf '%s\n' "${stage_lines[@]}"
  local passed failed
  passed=$(count_tests passed "${stage_logs[@]}")
  failed=$(($(count_tests failed "${stage_logs[@]}") + broken_stages))
  echo "$SECONDS s in all"
  echo "$passed passed, $failed failed"
  [ "$stages_failed" -eq 0 ] && [ "$failed" -eq 0 ]
}
