# Sums what the test runners say at their ends: doctest, vitest, node --test, unittest, our tools.
function before(word,    n, i) {
  for (i = 2; i <= NF; i++) if ($i ~ "^" word "[,;]?$") return $(i - 1) + 0
  return 0
}
{ sub(/\r$/, ""); gsub(/\033\[[0-9;]*m/, "") }
/\[doctest\] test cases:/ { passed += before("passed"); failed += before("failed") }
/^ *Tests +[0-9]/ { passed += before("passed"); failed += before("failed") }
/^(ℹ|#) pass [0-9]+$/ { passed += $3 }
/^(ℹ|#) fail [0-9]+$/ { failed += $3 }
/^Ran [0-9]+ tests? in / { passed += $2 }
/^FAILED \(/ {
  bad = 0
  n = split($0, part, /[^0-9]+/)
  for (i = 1; i <= n; i++) bad += part[i]
  passed -= bad
  failed += bad
}
/^[a-z][a-z ]*: [0-9]+ passed, [0-9]+ failed$/ { passed += before("passed"); failed += before("failed") }
END { print which == "passed" ? passed + 0 : failed + 0 }
