using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentSystem.Benchmarks.Processes;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Benchmarks.Chaos;

/// <summary>
/// The whole system as <c>start.sh</c> starts it, with the real Prometheus and Alertmanager, as processes; faults are enabled, and the times in
/// the rules are divided. Beside it runs an Alertmanager that is left alone, which Prometheus tells the same.
/// </summary>
internal sealed partial class ChaosSystem : IAsyncDisposable
{
    /// <summary>The workers of the system.</summary>
    internal static readonly IReadOnlyList<string> Workers = ["anga", "fabien", "marie"];

    private const string ApiKey = "a-key-of-this-run-and-no-other-0123456789";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(4);

    private readonly List<IAsyncDisposable> _parts = [];
    private readonly string _folder, _log;
    private HttpClient _orchestrator = null!, _alerting = null!, _prometheus = null!;
    private Process? _appHost;

    private ChaosSystem(string folder, double scale)
    {
        (_folder, Scale) = (folder, scale);
        _log = Path.Combine(folder, "apphost.log");
    }

    /// <summary>What the times in the rules are divided by.</summary>
    internal double Scale { get; }

    /// <summary>How long an incident that is over may be opened again: what follows does so at once, and the next fault is not to.</summary>
    internal TimeSpan ReopenWindow { get; private init; }

    /// <summary>Whoever is told.</summary>
    internal Told Told { get; private set; } = null!;

    private string Connection => Path.Combine(_folder, "connection.json");

    /// <summary>Starts everything and waits until it is healthy and scraped.</summary>
    /// <param name="folder">Where the run keeps its data: empty, and on a disk that may be filled.</param>
    /// <param name="scale">What the times in the rules are divided by.</param>
    /// <param name="reopenWindow">How long an incident that is over may be opened again; the next fault waits as long.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message has the end of its log.</exception>
    internal static async Task<ChaosSystem> StartAsync(string folder, double scale, TimeSpan reopenWindow, CancellationToken cancellation)
    {
        var system = new ChaosSystem(folder, scale) { ReopenWindow = reopenWindow };
        try
        {
            await system.LaunchAsync(cancellation);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts agentctl, which finds this system as it finds any.</summary>
    internal AgentCtl RunAgentCtl(params IEnumerable<string> arguments) => AgentCtl.Start(Programs.Find("AgentSystem.Cli", "agentctl"), Connection, arguments);

    internal async Task SubmitAsync(object task, CancellationToken cancellation)
    {
        using var response = await _orchestrator.PostAsJsonAsync("/tasks", task, cancellation);
        response.EnsureSuccessStatusCode();
    }

    internal async Task<FaultList> FaultsAsync(bool all, CancellationToken cancellation) =>
        (await _orchestrator.GetFromJsonAsync($"/chaos?all={(all ? "true" : "false")}", ApiJson.Default.FaultList, cancellation))!;

    internal async Task<IReadOnlyList<Incident>> IncidentsAsync(CancellationToken cancellation) =>
        (await _alerting.GetFromJsonAsync("/incidents?limit=500", ApiJson.Default.IncidentList, cancellation))!.Incidents;

    /// <summary>An incident with its timeline.</summary>
    internal async Task<Incident> IncidentAsync(string id, CancellationToken cancellation) =>
        (await _alerting.GetFromJsonAsync($"/incidents/{id}", ApiJson.Default.Incident, cancellation))!;

    /// <summary>The alerts that fire in Prometheus, but for the one that always does.</summary>
    internal Task<IReadOnlyList<RaisedAlert>> FiringAsync(CancellationToken cancellation) => AlertsAsync("firing", cancellation);

    /// <summary>The alerts that fire unless their expression ceases to hold before their <c>for</c> is over.</summary>
    internal Task<IReadOnlyList<RaisedAlert>> PendingAsync(CancellationToken cancellation) => AlertsAsync("pending", cancellation);

    internal async Task<bool> HasSamplesAsync(string query, CancellationToken cancellation) =>
        (await _prometheus.GetFromJsonAsync<JsonElement>($"/api/v1/query?query={Uri.EscapeDataString(query)}", cancellation))
            .GetProperty("data").GetProperty("result").GetArrayLength() > 0;

    public async ValueTask DisposeAsync()
    {
        if (_appHost is { HasExited: false })
        {
            using var terminate = Process.Start("kill", ["-TERM", _appHost.Id.ToString(CultureInfo.InvariantCulture)]);
            await _appHost.WaitForExitAsync();
        }
        _appHost?.Dispose();
        foreach (var part in _parts.AsEnumerable().Reverse())
            await part.DisposeAsync();
        foreach (var client in (HttpClient?[])[_orchestrator, _alerting, _prometheus])
            client?.Dispose();
    }

    private async Task<IReadOnlyList<RaisedAlert>> AlertsAsync(string state, CancellationToken cancellation)
    {
        var answer = await _prometheus.GetFromJsonAsync<JsonElement>("/api/v1/alerts", cancellation);
        return
        [
            .. answer.GetProperty("data").GetProperty("alerts").EnumerateArray()
                .Where(alert => alert.GetProperty("state").GetString() == state)
                .Select(alert => alert.GetProperty("labels").Deserialize<Dictionary<string, string>>()!)
                .Where(labels => labels.GetValueOrDefault("severity") != "none")
                .Select(labels => new RaisedAlert(labels["alertname"], labels.GetValueOrDefault("worker"))),
        ];
    }

    private async Task LaunchAsync(CancellationToken cancellation)
    {
        Told = await Told.StartAsync();
        _parts.Add(Told);
        _appHost = StartAppHost();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartLimit);
        try
        {
            await Poll.UntilAsync(() => Task.FromResult(File.Exists(Connection) || _appHost.HasExited), limit.Token);
            var connection = ConnectionFile.Read(Connection) ?? throw new InvalidOperationException("It ended at once.");
            _orchestrator = Client(connection.OrchestratorUrl);
            _alerting = Client(connection.AlertingUrl!);
            await Poll.UntilAsync(() => Task.FromResult(File.Exists(Target("prometheus")) && AddressOf("prometheus") is not null), limit.Token);
            _prometheus = Client(AddressOf("prometheus")!);
            _parts.Add(await LoneAlertmanager.StartAsync(Path.Combine(_folder, "alone"), Told.LoneUrl, Target("alertmanager")));
            // What is judged has to be known first: every worker, and what a rule compares with.
            await Poll.UntilAsync(() => HasSamplesAsync("count(up{job=\"workers\"} == 1) == 3 and on () up{job=\"alerting\"} == 1", limit.Token), limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException && !cancellation.IsCancellationRequested)
        {
            // The log goes with the disk that it is on.
            var said = File.Exists(_log) ? File.ReadLines(_log).TakeLast(20) : [];
            throw new InvalidOperationException(string.Join(Environment.NewLine, ["The system did not start. It said:", .. said]), e);
        }
    }

    private Process StartAppHost()
    {
        var start = new ProcessStartInfo("dotnet",
        [
            Programs.Find("AgentSystem.AppHost", "AgentSystem.AppHost"), $"--Data:Dir={Path.Combine(_folder, "data")}", $"--AGENTSYSTEM_CONNECTION={Connection}",
            $"--Parameters:api-key={ApiKey}", "--Parameters:pagerduty-key=a-key-that-nobody-checks", string.Create(CultureInfo.InvariantCulture, $"--Rules:TimeScale={Scale}"),
            // The machine is shared with others, whose load is none of this system's faults.
            "--Backends=off", "--Backends:Prometheus=native", "--Backends:Alertmanager=native", "--Backends:Jaeger=embedded", "--Backends:Loki=embedded",
            "--Chaos:Enabled=true", "--AppHost:OtlpApiKey=nobody-keeps-this-one",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var variables = start.Environment;
        foreach (var worker in Workers)
            variables[$"Orchestrator__Workers__{worker}"] = "*,sleep,fail";
        variables["Worker__EnableTestAgent"] = "true";
        variables["Worker__Concurrency"] = "16";
        variables["PagerDuty__Url"] = Told.PagerDutyUrl;
        // What alerting compares with times of the rules is divided as they are.
        variables["Alerting__CorrelationWindow"] = Divided(TimeSpan.FromMinutes(10));
        variables["Alerting__ReopenWindow"] = ReopenWindow.ToString("c", CultureInfo.InvariantCulture);
        variables["Alerting__FlapWindow"] = Divided(TimeSpan.FromMinutes(30));
        variables["Alerting__FlapQuiet"] = Divided(TimeSpan.FromMinutes(10));
        variables["Alerting__LookInterval"] = "00:00:01";
        variables["AppHostEngine"] = "embedded";
        Directory.CreateDirectory(_folder);
        var process = Process.Start(start)!;
        var writer = TextWriter.Synchronized(new StreamWriter(_log) { AutoFlush = true });
        process.OutputDataReceived += (_, line) => writer.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => writer.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private string Divided(TimeSpan time) => (time / Scale).ToString("c", CultureInfo.InvariantCulture);

    private string Target(string backend) => Path.Combine(_folder, "data", "settings", "prometheus", "targets", $"{backend}.yml");

    // The run says where a backend is in what it gives to Prometheus.
    private string? AddressOf(string backend) => TargetAddress().Match(File.ReadAllText(Target(backend))) is { Success: true } match ? $"http://{match.Groups[1].Value}" : null;

    private static HttpClient Client(string url)
    {
        var client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(20) };
        client.DefaultRequestHeaders.Add(ConnectionFile.ApiKeyHeader, ApiKey);
        return client;
    }

    [GeneratedRegex("targets: \\[\"(127\\.0\\.0\\.1:\\d+|localhost:\\d+)\"\\]")]
    private static partial Regex TargetAddress();
}

/// <summary>An alert that fires, or is about to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Worker">The worker that it is about, where it is about one.</param>
internal sealed record RaisedAlert(string Name, string? Worker);
