#!/usr/bin/env bash
# Brings the whole system up and gives it its first tasks.
#   ./start.sh          stays up until Ctrl-C
#   ./start.sh --once   ends when the tasks are settled and everything is healthy; the exit code says whether all went well
# Settings go to the AppHost: ./start.sh --Workers:Replicas=2 --Backends:Prometheus=off
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. infra/scripts/prepare.sh

options=(--Run:StarterTasks=true)
for argument in "$@"; do
    case $argument in
        --once) options+=(--Run:Once=true) ;;
        -h | --help) sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}"; exit 0 ;;
        --?*=*) options+=("$argument") ;;
        *) echo "start.sh: '$argument' is no option. It has --once, and settings as --Name:Of:It=value; see ./start.sh --help" >&2; exit 2 ;;
    esac
done

require_dotnet
choose_engine
install_backends
build AgentSystem.AppHost AgentSystem.Cli
# The profile of Aspire's engine says where its dashboard takes telemetry; without the dashboard nobody would listen there.
say "Starting: dotnet run --project AgentSystem.AppHost --launch-profile $AppHostEngine"
exec dotnet run --project AgentSystem.AppHost --no-build --launch-profile "$AppHostEngine" -- "${options[@]}"
