# Speed and memory beside nginx: bench/run.mjs says what there is to choose.

run_bench() {
  build_preset release
  build_preset release bench_loader bench_floor
  build_web
  npm_install bench/lighthouse
  node bench/run.mjs "$@"
}
