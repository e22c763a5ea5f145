# The C++ presets, the portal and the add-on.

# ON in CI, which builds everything once and without a cache: several sources compiled as one take
# two thirds of the time. g++ reads them so, too. Names of two files may then clash.
together=OFF

# build_preset PRESET [TARGET]
build_preset() {
  cmake --preset "$1" -DCMAKE_UNITY_BUILD=$together >/dev/null
  cmake --build --preset "$1" --parallel "$(nproc)" ${2:+--target "$2"}
}

# The TypeScript types of the API come from its description.
generate_types() {
  mkdir -p web/core/src/generated
  openapi-typescript spec/api.yaml --output web/core/src/generated/api.ts
}

build_web() {
  generate_types
  npm run --silent build -w web/portal
  npm run --silent build -w web/thunderbird
  npm run --silent build -w web/outlook
}
