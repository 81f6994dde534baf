#!/usr/bin/env bash
# Runs all tests, or those that a filter names: ./test.sh FullyQualifiedName~Protocol
# Ends with the line "N passed, N failed"; the exit code is 0 only when tests ran and none failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. infra/scripts/prepare.sh

# What makes .NET faster in the long run makes processes slower that live for seconds, as those of the tests do.
export DOTNET_TieredPGO=0 DOTNET_gcServer=0

require_dotnet
choose_engine
install_backends "chromium|chromium" "npm|npm" # the console is tested in a real browser, and agents with the real Claude Code
fetch_claude_code
build AgentSystem.sln

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
# Each host watches its settings with several inotify instances, of which a user has 128; a few systems side by side need more.
export DOTNET_hostBuilder__reloadConfigOnChange=false
say "Testing"
status=0
dotnet test AgentSystem.Tests --no-build --nologo --results-directory "$results" --logger trx --logger "console;verbosity=normal" \
    ${1:+--filter "$1"} || status=$?

# <Counters total="3" executed="3" passed="2" failed="1" error="0" … />, one line per test project.
count() { cat "$results"/*.trx 2>/dev/null | sed -n 's/.*<Counters .* '"$1"'="\([0-9]*\)".*/\1/p' | awk '{ sum += $1 } END { print sum + 0 }'; }
passed=$(count passed)
failed=$(($(count failed) + $(count error) + $(count timeout) + $(count aborted)))
# What failed is said again at the end, where it is looked for.
cat "$results"/*.trx 2>/dev/null | sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".* outcome="Failed".*/FAILED: \1/p; s/.*<Message>\(.*\)/    \1/p' >&2
if (( passed + failed == 0 )); then
    echo "FAILED: no test ran" >&2
    status=1
elif (( status != 0 && failed == 0 )); then
    echo "FAILED: the test run itself broke off (see above)" >&2
fi
echo "$passed passed, $failed failed"
exit "$status"
