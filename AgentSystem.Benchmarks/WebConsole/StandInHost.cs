using System.Globalization;
using System.Text.Json;
using AgentSystem.Benchmarks.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>
/// The embedded engine's API of the resources (docs/hosting.md) with as many as a run has, and output as long as it is kept. The engine itself would
/// start a whole run.
/// </summary>
internal sealed class StandInHost : IAsyncDisposable
{
    private const int Lines = 10_000;

    private static readonly string[] Names =
    [
        "orchestrator", "marie", "anga", "fabien", "alerting", "console", "telemetry-store", "prometheus", "alertmanager", "node-exporter", "otel-collector", "jaeger", "loki", "grafana",
    ];

    private static readonly string[] Checks = ["ready", "live"];
    private static readonly (string Name, string Title, string State)[] Commands = [("start", "Start", "disabled"), ("stop", "Stop", "enabled"), ("restart", "Restart", "enabled")];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly WebApplication _app;
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;

    private StandInHost(WebApplication app) => _app = app;

    internal string Url => _app.Urls.Single();

    internal static async Task<StandInHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting("urls", ServiceProcess.FreeAddress().OriginalString);
        var app = builder.Build();
        var host = new StandInHost(app);
        app.MapGet("/resources", () => Results.Json(new { Resources = Names.Select(host.Resource) }, Json));
        app.MapGet("/resources/{id}/logs/events", host.FollowAsync);
        await app.StartAsync();
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private object Resource(string name, int i) => new
    {
        Id = $"{name}-{i:x4}",
        Name = name,
        Type = i < 7 ? "Project" : "Executable",
        State = "Running",
        Health = "healthy",
        Hidden = false,
        CreatedAt = _started,
        StartedAt = _started,
        HealthReports = Checks.Select(check => new { Name = $"{name}_{check}", Status = "healthy", LastRunAt = _started }),
        Urls = new[] { new { Endpoint = "http", Address = $"http://127.0.0.1:{9000 + i}", Internal = false } },
        Environment = Enumerable.Range(0, 25).Select(e => new { Name = $"Some__Setting__{e}", Value = e % 8 == 0 ? null : $"the value of setting {e}", Secret = e % 8 == 0, Highlighted = false }),
        Properties = new[] { new { Name = "process.id", DisplayName = "Process", Value = (1000 + i).ToString(CultureInfo.InvariantCulture), Secret = false, Highlighted = true } },
        Relationships = new[] { new { Resource = "orchestrator", Type = "Reference" } },
        Commands = Commands.Select(command => new { command.Name, DisplayName = command.Title, command.State, Highlighted = true }),
    };

    /// <summary>All that is kept at once, and then a line a second.</summary>
    private async Task FollowAsync(HttpContext http)
    {
        var tail = int.Parse(http.Request.Query["tail"].ToString(), CultureInfo.InvariantCulture);
        http.Response.ContentType = "text/event-stream";
        try
        {
            await SendAsync(Enumerable.Range(Math.Max(0, Lines - tail), Math.Min(Lines, tail)));
            for (var line = Lines; ; line++)
            {
                await Task.Delay(1000, http.RequestAborted);
                await SendAsync([line]);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }

        async Task SendAsync(IEnumerable<int> lines)
        {
            var said = lines.Select(line => new { Line = line, Time = _started, Text = $"info: {line} Task task-{line:D7} was completed by marie in {line % 900} ms", IsError = line % 50 == 0 });
            await http.Response.WriteAsync($"event: lines\ndata: {JsonSerializer.Serialize(said, Json)}\n\n", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }
}
