# Sourced by start.sh and test.sh: what both need before they can do their work. Everything says what it does before it does it, and a
# step that takes long says how long it has been at it.

# No compiler server and no build node may outlive the script.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# The packages of Debian whose executables the AppHost uses where it has no containers: executables -> package.
readonly backends=(
    "prometheus|prometheus"
    "prometheus-alertmanager alertmanager|prometheus-alertmanager"
    "prometheus-node-exporter node_exporter|prometheus-node-exporter"
)

say() { printf '==> %s\n' "$*"; }

# step <what> <command...>: runs the command with its output kept aside, shows the time while it runs and the output if it fails.
step() {
    local what=$1 log began=$SECONDS child
    shift
    log=$(mktemp)
    say "$what"
    "$@" >"$log" 2>&1 </dev/null &
    child=$!
    # A script's background job ignores Ctrl-C, so it has to be told.
    trap 'kill -TERM '"$child"' 2>/dev/null; wait '"$child"' 2>/dev/null; rm -f '"$log"'; exit 130' INT TERM
    while kill -0 "$child" 2>/dev/null; do
        sleep 0.2
        if (( SECONDS - began >= 5 && (SECONDS - began) % 5 == 0 && SECONDS != ${reported:-0} )); then
            reported=$SECONDS
            printf '    %3d s  %s%s\n' $((SECONDS - began)) "$(projects_built "$log")" "$(tail -n 1 "$log" | cut -c 1-100)"
        fi
    done
    trap - INT TERM
    if ! wait "$child"; then
        cat "$log" >&2
        rm -f "$log"
        printf 'FAILED: %s\n' "$what" >&2
        return 1
    fi
    rm -f "$log"
    printf '    done in %d s\n' $((SECONDS - began))
}

# How far a build is: MSBuild writes one line "name -> assembly" per project that it has finished.
projects_built() {
    local built
    built=$(grep -c ' -> ' "$1") || return 0
    printf 'projects built: %d; ' "$built"
}

require_dotnet() {
    if ! command -v dotnet >/dev/null && [ -x "$HOME/.dotnet/dotnet" ]; then
        export DOTNET_ROOT="$HOME/.dotnet" PATH="$HOME/.dotnet:$PATH"
    fi
    if ! dotnet --version >/dev/null 2>&1; then
        cat >&2 <<'TEXT'
FAILED: the .NET SDK 10 is missing. Debian does not have it; get it into your home folder, without root, by
    curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0
and start this script again.
TEXT
        return 1
    fi
    say "Using the .NET SDK $(dotnet --version)"
}

# Sets AppHostEngine, unless somebody has: Aspire where a container engine answers and Aspire's packages can be had, else the embedded engine.
choose_engine() {
    local restore=(timeout 180 dotnet restore --disable-build-servers -p:AppHostEngine=aspire AgentSystem.AppHost)
    case ${AppHostEngine:-} in
        embedded) say "Using the AppHost engine 'embedded', as asked for"; return 0 ;;
        aspire)
            if ! step "Restoring Aspire, as asked for" "${restore[@]}"; then
                echo "Aspire 13.5.2 cannot be restored: add a NuGet feed that has it, or leave AppHostEngine out for the embedded engine." >&2
                return 1
            fi
            return 0 ;;
        "") ;;
        *) echo "FAILED: AppHostEngine is '$AppHostEngine'; it has to be aspire or embedded." >&2; return 1 ;;
    esac

    local engine=embedded reason
    if ! { timeout 20 docker info || timeout 20 podman info; } >/dev/null 2>&1; then
        reason="neither docker nor podman answers"
    elif ! step "Restoring Aspire" "${restore[@]}"; then
        reason="a container engine answers, but Aspire cannot be restored"
    else
        engine=aspire
        reason="a container engine answers and Aspire is restored"
    fi
    export AppHostEngine=$engine AppHostEngineReason=$reason
    say "Using the AppHost engine '$engine': $reason"
}

# install_backends [more...]: installs what is missing of the backends, and of more that is written as they are. Where that is not possible,
# says what is left out and goes on.
install_backends() {
    local missing=() entry name found
    for entry in "${backends[@]}" "$@"; do
        found=
        for name in ${entry%%|*}; do
            if command -v "$name" >/dev/null; then found=1; fi
        done
        [ -n "$found" ] || missing+=("${entry#*|}")
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    local root=()
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then root=(sudo -n); else root=(false); fi
    fi
    if [ "${root[0]-}" != false ] && command -v apt-get >/dev/null; then
        if step "Reading Debian's package lists" "${root[@]}" apt-get update -q &&
            step "Installing ${missing[*]} (their services stay off)" "${root[@]}" bash -c "$(declare -f install_quietly); install_quietly ${missing[*]}"; then
            return 0
        fi
    fi
    for name in "${missing[@]}"; do
        say "$name is left out; to get it: apt-get install $name (as root)"
    done
}

# Claude Code of one version, into the user's cache, for the tests that run the real one against a server of theirs.
readonly claude_code=2.1.197
fetch_claude_code() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/agentsystem/claude-code
    if command -v claude >/dev/null || [ -f "$folder/$claude_code" ]; then return 0; fi
    if ! command -v npm >/dev/null; then
        say "Claude Code is missing, and its tests fail; to get it: apt-get install npm (as root)"
        return 0
    fi
    mkdir -p "$folder"
    # Its binary comes as an optional package; nothing of it needs to run to install it.
    if step "Fetching Claude Code $claude_code" npm install --prefix "$folder" --no-audit --no-fund --ignore-scripts "@anthropic-ai/claude-code@$claude_code"; then
        touch "$folder/$claude_code"
    else
        say "Claude Code is missing, and its tests fail"
    fi
}

# A package of Debian starts its service when it is installed, unless policy-rc.d forbids it; ours is there for as long as the installation.
# It runs in a shell of its own, at whose end the trap still has to see the variables: they are not local.
install_quietly() {
    policy=/usr/sbin/policy-rc.d
    kept=
    if [ -e "$policy" ]; then
        kept=$policy.before-agentsystem
        mv "$policy" "$kept"
    fi
    trap 'rm -f "$policy"; [ -z "$kept" ] || mv "$kept" "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=60 "$@" || return 1
    # They shall not start at the next boot either.
    if command -v systemctl >/dev/null; then
        systemctl disable --quiet "$@" 2>/dev/null || true
    fi
}

# build <project or solution...>
build() {
    local project
    for project in "$@"; do
        step "Restoring ${project%.sln}" dotnet restore --disable-build-servers "$project"
        step "Building ${project%.sln}" dotnet build --no-restore --disable-build-servers --nologo "$project"
    done
}
