# The checks: nothing here runs the product.

# run_checks [--all]: --all gives every source to clang-tidy, not only the touched ones.
run_checks() {
  stage format check_format
  stage layers tools/layers
  stage tidy tools/tidy
  stage threats tools/threats
  stage texts tools/texts
  stage api redocly lint spec/api.yaml
  stage web check_web
  stage add-on check_addon
  stage second-opinion check_second_opinion
  stage clang-tidy tools/clang-tidy "$@"
}

check_format() {
  local failed=0
  git ls-files -co --exclude-standard 'src/*.cpp' 'src/*.h' 'tests/*.cpp' \
    'bench/*.cpp' |
    xargs -r clang-format-16 --dry-run -Werror || failed=1
  prettier --check --log-level warn web tests bench '*.{js,ts,json}' || failed=1
  return $failed
}

check_web() {
  local failed=0 config
  generate_types
  eslint --max-warnings 0 . &  # takes as long as all the types
  for config in web/*/tsconfig*.json tests/{crash,e2e}/tsconfig.json bench/tsconfig.json; do
    if grep -q '"svelte"' "$config"; then
      svelte-check --workspace "${config%/*}" --tsconfig "${config##*/}" \
        --fail-on-warnings --output human || failed=1
    else
      tsc --noEmit --project "$config" || failed=1
    fi
  done
  wait $! || failed=1
  return $failed
}

check_addon() {
  npm run --silent build -w web/thunderbird
  node tools/dev/addon.mjs
}

check_second_opinion() {
  cmake --preset debug -DCMAKE_UNITY_BUILD=OFF >/dev/null  # each source alone
  tools/second-opinion --together=$together
}
