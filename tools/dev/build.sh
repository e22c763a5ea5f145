# The C++ presets and the portal.

# build_preset PRESET [TARGET]
build_preset() {
  cmake --preset "$1" >/dev/null
  cmake --build --preset "$1" --parallel "$(nproc)" ${2:+--target "$2"}
}

build_web() {
  npm run --silent build -w web/portal
}
