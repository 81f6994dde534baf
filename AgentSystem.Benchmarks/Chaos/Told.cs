using System.Collections.Concurrent;
using System.Text.Json;
using AgentSystem.Benchmarks.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentSystem.Benchmarks.Chaos;

/// <summary>
/// Whoever is told: takes PagerDuty's place for the system, and that of any receiver for the Alertmanager that is left alone.
/// </summary>
internal sealed class Told : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Told(WebApplication app) => _app = app;

    /// <summary>Incidents that somebody was paged for, by their dedup key, with the moment, in order.</summary>
    internal ConcurrentQueue<(DateTimeOffset At, string Key)> Pages { get; } = new();

    /// <summary>What Alertmanager sent by itself: the moment, and whether something began or ended.</summary>
    internal ConcurrentQueue<(DateTimeOffset At, bool IsFiring, string Alert)> Alone { get; } = new();

    internal string PagerDutyUrl => _app.Urls.Single();

    internal string LoneUrl => $"{PagerDutyUrl}/alone";

    internal static async Task<Told> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting("urls", ServiceProcess.FreeAddress().OriginalString);
        var app = builder.Build();
        var told = new Told(app);
        app.MapPost("/v2/enqueue", told.PageAsync);
        app.MapPost("/v2/change/enqueue", () => Results.StatusCode(202));
        app.MapPost("/alone", told.NotifyAsync);
        await app.StartAsync();
        return told;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<IResult> PageAsync(HttpRequest request)
    {
        using var body = await JsonDocument.ParseAsync(request.Body);
        if (body.RootElement.GetProperty("event_action").GetString() == "trigger")
            Pages.Enqueue((DateTimeOffset.UtcNow, body.RootElement.GetProperty("dedup_key").GetString()!));
        return Results.StatusCode(202);
    }

    private async Task<IResult> NotifyAsync(HttpRequest request)
    {
        using var body = await JsonDocument.ParseAsync(request.Body);
        var labels = body.RootElement.GetProperty("commonLabels");
        var name = labels.TryGetProperty("alertname", out var alert) ? alert.GetString()! : "";
        if (!labels.TryGetProperty("severity", out var severity) || severity.GetString() != "none")
            Alone.Enqueue((DateTimeOffset.UtcNow, body.RootElement.GetProperty("status").GetString() == "firing", name));
        return Results.Ok();
    }
}
