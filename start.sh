#!/usr/bin/env bash
# Brings the whole system up and gives it its first tasks.
#   ./start.sh          stays up until Ctrl-C
#   ./start.sh --once   ends when the tasks are settled and everything is healthy; the exit code says whether all went well
# What follows goes to the AppHost: ./start.sh --Workers:Replicas=2 --Backends:Prometheus=off
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. infra/scripts/prepare.sh

options=(--Run:StarterTasks=true)
case "${1-}" in
    --once) shift; options+=(--Run:Once=true) ;;
    -h | --help) sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}"; exit 0 ;;
esac

require_dotnet
install_backends
build AgentSystem.AppHost AgentSystem.Cli
# The profile of Aspire's engine says where its dashboard takes telemetry; without the dashboard nobody would listen there.
profile=$(dotnet msbuild AgentSystem.AppHost -getProperty:AppHostEngine)
say "Starting: dotnet run --project AgentSystem.AppHost --launch-profile $profile"
exec dotnet run --project AgentSystem.AppHost --no-build --launch-profile "$profile" -- "${options[@]}" "$@"
