# A server and an inbox on this machine: state and logs in .run/, both end with Ctrl-C.

# port_near PORT: this one, or one that the kernel has free.
port_near() {
  /usr/bin/python3 - "$1" <<'PYTHON'
import socket
import sys

for port in (int(sys.argv[1]), 0):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(listener.getsockname()[1])
        break
PYTHON
}

# write_config PORT SMTP_PORT
write_config() {
  cat > .run/couvert.toml <<TOML
base_url = "http://localhost:$1"
listen = "127.0.0.1:$1"

[store]
database = "sqlite:$root/.run/data/couvert.db"
objects = "file:$root/.run/data/objects"
day_keys = "file:$root/.run/data/day-keys"

[keys]
master = "$root/.run/data/master.key"

[mail]
smtp = "smtp://127.0.0.1:$2"
from = "transfer@example.org"
TOML
}

# Without a rule nothing is sent: the two example domains may write to themselves and each other.
seed_rules() {
  local sender recipient
  [ -e .run/seeded ] && return
  for sender in '*@example.org' '*@example.com'; do
    for recipient in '*@example.org' '*@example.com'; do
      build/release/couvertd policy allow "$sender" "$recipient" --config .run/couvert.toml
    done
  done
  touch .run/seeded
}

# wait_for URL: until it answers, ten seconds at most.
wait_for() {
  local try
  for try in $(seq 100); do
    curl -sf -o /dev/null "$1" && return
    sleep 0.1
  done
  echo "no answer from $1; see the logs in .run/"
  return 1
}

stop_both() {
  trap - INT TERM EXIT
  kill "$inbox_pid" "$server_pid" 2>/dev/null || true
  wait "$inbox_pid" "$server_pid" 2>/dev/null || true
  echo "stopped"
}

run_couvert() {
  build_preset release
  build_web
  mkdir -p .run/data
  chmod 700 .run/data
  local port web_port smtp_port
  port=$(port_near 8443) web_port=$(port_near 1080) smtp_port=$(port_near 1025)
  write_config "$port" "$smtp_port"
  seed_rules
  # Sessions of their own: Ctrl-C reaches this script alone, which then ends both.
  setsid maildev --silent --ip 127.0.0.1 --smtp "$smtp_port" --web-ip 127.0.0.1 --web "$web_port" \
    > .run/inbox.log 2>&1 &
  inbox_pid=$!
  setsid build/release/couvertd serve --config .run/couvert.toml > .run/couvertd.log 2>&1 &
  server_pid=$!
  trap 'stop_both; exit 0' INT TERM
  trap stop_both EXIT
  wait_for "http://127.0.0.1:$web_port/"
  wait_for "http://127.0.0.1:$port/healthz"
  printf '\n  Couvert   http://localhost:%s\n  inbox     http://localhost:%s\n\n' \
    "$port" "$web_port"
  echo "Anyone @example.org or @example.com may write to them both. Ctrl-C ends it."
  wait -n "$inbox_pid" "$server_pid" || true
  echo "one of the two has ended; see the logs in .run/"
  return 1
}
