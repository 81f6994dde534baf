using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Workers.Agents.Claude.Work;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Agents.ClaudeCode;

/// <summary>How Claude Code is started: what it may do, and an environment of its own, in which nothing is of ours but what it needs.</summary>
internal sealed class CodeCommand(IOptions<ClaudeOptions> claude, IOptions<AgentOptions> agents, IConfiguration configuration)
{
    // What any program needs to find its libraries, its language and the way out.
    private static readonly string[] Inherited =
        [
            "PATH", "LANG", "LC_ALL", "TZ", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
            "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS",
        ];

    private static readonly string[] Exporter =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_CERTIFICATE"];

    private readonly ClaudeOptions _options = claude.Value;

    /// <summary>Where the program is; null when it is nowhere.</summary>
    public static string? Find(string executable) =>
        executable.Contains(Path.DirectorySeparatorChar) ? (File.Exists(executable) ? Path.GetFullPath(executable) : null)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, executable)).FirstOrDefault(File.Exists);

    /// <summary>The command for one task.</summary>
    /// <param name="program">The program.</param>
    /// <param name="assignment">The task in words; its prompt goes to the standard input.</param>
    /// <param name="task">The task.</param>
    /// <param name="budgetUsd">What it may cost at most.</param>
    /// <param name="folder">Its working folder.</param>
    /// <param name="home">Its home, thrown away afterwards.</param>
    public ProcessStartInfo For(string program, Assignment assignment, AgentTask task, decimal budgetUsd, string folder, string home)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder };
        string[] arguments =
        [
            "-p", "--output-format", "stream-json", "--verbose", "--include-partial-messages",
            "--max-turns", Text(_options.Code.MaxTurns), "--max-budget-usd", Text(budgetUsd), "--model", assignment.Model,
            "--append-system-prompt", assignment.System, "--tools", _options.Code.AllowedTools,
            // No settings but ours: a file in the working folder cannot allow anything.
            "--setting-sources", "", "--settings", Permissions(),
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        var environment = start.Environment;
        environment.Clear();
        foreach (var name in Inherited)
            environment[name] = Environment.GetEnvironmentVariable(name);
        environment["HOME"] = home;
        environment["CLAUDE_CONFIG_DIR"] = Path.Combine(home, ".claude");
        environment["TMPDIR"] = environment["CLAUDE_CODE_TMPDIR"] = Directory.CreateDirectory(Path.Combine(home, "tmp")).FullName;
        environment["ANTHROPIC_API_KEY"] = _options.ApiKey;
        environment["ANTHROPIC_BASE_URL"] = _options.BaseUrl;
        environment["CLAUDE_CODE_MAX_RETRIES"] = Text(_options.Code.MaxRetries);
        environment["DISABLE_TELEMETRY"] = environment["DISABLE_AUTOUPDATER"] = environment["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1";
        TraceCarrier.From(Activity.Current).ToEnvironment(environment);
        AddTelemetry(environment, task);
        return start;
    }

    /// <summary>Its own spans and logs go where ours go and join our trace. What was said is not in them unless it is told to, and it is not.</summary>
    private void AddTelemetry(IDictionary<string, string?> environment, AgentTask task)
    {
        if (string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;
        foreach (var name in Exporter)
            environment[name] = configuration[name];
        environment["OTEL_TRACES_EXPORTER"] = environment["OTEL_LOGS_EXPORTER"] = "otlp";
        environment["OTEL_RESOURCE_ATTRIBUTES"] = $"{TelemetryNames.Attributes.TaskId}={task.Id},{TelemetryNames.Attributes.Worker}={task.Worker}";
        environment["CLAUDE_CODE_ENABLE_TELEMETRY"] = environment["CLAUDE_CODE_ENHANCED_TELEMETRY_BETA"] = "1";
        environment["CLAUDE_CODE_PROPAGATE_TRACEPARENT"] = "1";
    }

    // Reading and writing in its own folder, reading in the allowed ones; anything else would need a person to allow it, and there is none.
    private string Permissions()
    {
        var roots = new AllowedRoots(agents.Value.AllowedRoots);
        string[] allow = ["Read(./**)", "Edit(./**)", .. roots.Named.Concat(roots.Real).Distinct().Select(root => $"Read(/{root}/**)")];
        return JsonSerializer.Serialize(new { permissions = new { allow } });
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
